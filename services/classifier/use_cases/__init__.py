"""What the classifier does: each file is one kind of use case."""
