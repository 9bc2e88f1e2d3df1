"""A practice carrier: speaks Twilio's HTTP on loopback, so that the line runs without an account.

`./hotline up` starts it when no Twilio credentials are given; `./hotline phone` is the phone on
its other end; tests use it as the provider, with real signatures and real faults.
"""
