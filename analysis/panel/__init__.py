"""The citizen panel: its sample, its forms, its weights and the sums that an opening keeps."""
