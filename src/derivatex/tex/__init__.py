"""TeX as text: markup types, escaping, scanning and the notation of numbers."""
