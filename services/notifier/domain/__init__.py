"""What an alert is, how it is worded, and how a delivery fares: values in, values out."""
