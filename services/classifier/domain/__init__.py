"""What an article says: pure, values in and values out."""
