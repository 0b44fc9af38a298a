"""What people look at: pages, mails, alerts, reports, and the words in three languages.

Reads nothing but what is published.
"""
