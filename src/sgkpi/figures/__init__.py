"""From a ledger to figures: values, bounds, targets, statuses and ratings."""
