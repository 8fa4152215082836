"""What people type, checked at the border and handed on as typed values."""
