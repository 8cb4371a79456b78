"""Sectors of public labelled texts: ours beside a plain keyword baseline and TF-IDF with logistic regression."""
