"""Open Referral HSDS 3.1 in and out: files to rows, rows to files, nothing lost on the way."""
