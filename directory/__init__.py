"""The referral directory: services shaped like Open Referral HSDS 3.1, and the search over them."""
