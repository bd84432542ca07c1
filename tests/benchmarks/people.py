"""People whose devices know them, in a bench database. Nothing here knows Django."""

# Numbers of supporters that nobody else has in a bench database.
FIRST_SUPPORTER = 500_000_000
HEADER = "X-Bench-Supporter"

PEOPLE = """
    INSERT INTO supporters_supporter (
        id, email, email_canonical, mailbox, given_name, family_name, language, country,
        is_minor, created_at, confirmed_at
    )
    SELECT {first} + n, 'known-' || n || '@example.org', 'known-' || n || '@example.org',
        'known-' || n, 'Mila', 'Van Hasel', 'fr', 'BE', false, now(), now()
    FROM generate_series({begin}, {end}) AS n
"""
