"""What people do at the desk: each file is one kind of use case."""
