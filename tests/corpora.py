"""What people type, and what nobody is called. Each bug that is found adds a line."""

NAMES_THAT_PEOPLE_HAVE = [
    "O’Neill",
    "O'Neill",
    "'t Hooft",
    "d’Hont",
    "José",
    "Jose\u0301",  # The same, decomposed.
    "Zoë",
    "Ng",
    "X",
    "王",
    "李小龍",
    "محمد",
    "عبد الرحمن",
    "علی\u200cرضا",  # Persian, with the zero-width non-joiner that the script needs.
    "क्\u200dष",  # Devanagari, with a zero-width joiner.
    "Nguyễn Thị Minh",
    "Ó Súilleabháin",
    "Jean-Pierre",
    "Anne‑Marie",  # With a non-breaking hyphen.
    "van der Bergh",
    "St. John",
    "Müller-Lüdenscheidt",
    "Þórður",
    "Łukasz",
    "İbrahim",
    "ყიფიანი",
    "Юлия",
    "שׁוֹשַׁנָּה",  # Hebrew with points.
    "ဒေါ်အောင်ဆန်းစုကြည်",
    "Null",
    "Undefined",
    "Jr.",
    "Louis XIV",
    "John 3",
    "\u00a0Mila\u00a0",  # Pasted with non-breaking spaces.
    "A" * 80,
]
NAMES_THAT_NOBODY_HAS = {
    "empty": "",
    "blank": "   ",
    "10 000 characters": "a" * 10_000,
    "81 characters": "a" * 81,
    "NUL": "Mi\0la",
    "NUL alone": "\0",
    "bell": "Mi\x07la",
    "escape": "\x1b[31mMila",
    "right-to-left override": "Mila\u202eabc",
    "left-to-right isolate": "\u2066Mila\u2069",
    "right-to-left mark": "Mila\u200f",
    "zero-width space": "Mi\u200bla",
    "word joiner": "Mi\u2060la",
    "byte-order mark": "\ufeffMila",
    "soft hyphen": "Mi\u00adla",
    "only joiners": "\u200d\u200c",
    "Zalgo": "M" + "\u0301\u0302\u0303\u0304\u0305\u0306\u0307" + "ila",
    "private use": "Mila\ue000",
    "unassigned": "Mila\U000e0fff",
    "invisible tag": "Mila\U000e0041",
    "only punctuation": "-.-",
    "an address": "mila@example.org",
    "a link": "https://example.org",
    "Hangul filler": "\u3164",
    "braille blank": "\u2800",
}
ADDRESSES_THAT_WORK = {
    "mila@example.org": "mila@example.org",
    "  mila@example.org \n": "mila@example.org",
    "Mila.Dubreux@Example.ORG": "Mila.Dubreux@example.org",
    "mila+ua@example.org": "mila+ua@example.org",
    "o'neill@example.org": "o'neill@example.org",
    "mila@müller.example.com": "mila@müller.example.com",
    "mila@xn--mller-kva.example.com": "mila@müller.example.com",
    "用户@例子.广告": "用户@例子.广告",
    "x@y.be": "x@y.be",
    "jose\u0301@example.org": "jos\u00e9@example.org",
}
MALFORMED_ADDRESSES = {
    "empty": "",
    "blank": "  ",
    "no at": "mila.example.org",
    "a space inside": "mila dubreux@example.org",
    "two ats": "mila@@example.org",
    "no domain": "mila@",
    "no local part": "@example.org",
    "no dot": "mila@localhost",
    "dot at the end": "mila@example.",
    "two dots": "mila@example..org",
    "local part ends in a dot": "mila.@example.org",
    "comma": "mila@example,org",
    "two addresses": "mila@example.org,joris@example.org",
    "display name": "Mila <mila@example.org>",
    "markup": "<script>alert(1)</script>@example.org",
    "quotes": '"mila"@example.org',
    "NUL": "mila\0@example.org",
    "bell": "mila\x07@example.org",
    "zero-width space": "mi\u200bla@example.org",
    "right-to-left override": "mila\u202e@example.org",
    "address literal": "mila@[127.0.0.1]",
    "300 characters": "a" * 60
    + "@"
    + "b" * 60
    + "."
    + "c" * 60
    + "."
    + "d" * 60
    + "."
    + "e" * 60
    + ".org",
    "10 000 characters": "a" * 10_000 + "@example.org",
    "a lone surrogate": "mila\udcff@example.org",
}
# Each line is one mailbox.
SPELLINGS_OF_ONE_MAILBOX = [
    ["mila@example.org", "Mila@Example.org", "MILA@EXAMPLE.ORG", " mila@example.org "],
    ["mila@example.org", "mila+actions@example.org", "mila+x+y@example.org"],
    ["mila@gmail.com", "m.i.l.a@gmail.com", "Mi.la+ua@googlemail.com"],
    ["mila@müller.de", "mila@MÜLLER.de", "mila@xn--mller-kva.de", "mila@mu\u0308ller.de"],
    ["jos\u00e9@example.org", "jose\u0301@example.org", "JOS\u00c9@example.org"],
]
# Each pair is two people.
TWO_MAILBOXES = [
    ("ｍｉｌａ@example.org", "mila@example.org"),  # Full-width letters.
    ("mila@example.org", "milo@example.org"),
    ("mi.la@example.org", "mila@example.org"),
    ("mila@example.org", "mila@example.com"),
    ("mila@mail.example.org", "mila@example.org"),
    ("mıla@example.org", "mila@example.org"),  # A dotless i, not an i.
    ("+mila@example.org", "+joris@example.org"),
    ("mila@faß.de", "mila@fass.de"),
]
# What people write to a person in danger, and how it is kept.
MESSAGES_THAT_PASS = {
    "Courage !": "Courage !",
    "Dear Ana,\r\n\r\nhello.\r\n\r\n\r\n\r\nMila": "Dear Ana,\n\nhello.\n\nMila",
    "  with   spaces \t and a tab  ": "with   spaces   and a tab",
    "Jose\u0301, tiens bon": "Jos\u00e9, tiens bon",
    "soft\u00ad hyphen, \u200bzero\u2060 width, \ufeffBOM": "soft hyphen, zero width, BOM",
    "\u202aof a paste from\u202c a phone\u200e": "of a paste from a phone",
    "من با شما هستم، علی\u200cرضا": "من با شما هستم، علی\u200cرضا",
    "❤️👩‍👩‍👧": "❤️👩‍👩‍👧",
    "Tiens bon.De tout coeur.Nous sommes 12.000 !": "Tiens bon.De tout coeur.Nous sommes 12.000 !",
    "a" * 1000: "a" * 1000,
    "e\u0301" * 1000: "\u00e9" * 1000,
}
# By what is wrong: what is typed, and the code of the refusal.
MESSAGES_THAT_ARE_REFUSED = {
    "two letters": ("ab", "required"),
    "blank": (" \n \n ", "required"),
    "dots": (".....", "required"),
    "1001 characters": ("a" * 1001, "too_long"),
    "a book": ("a" * 1_000_000, "too_long"),
    "a book of marks": ("a" + "\u0315" * 200_000 + "\u0300" * 200_000, "too_long"),
    "NUL": ("Tiens\0bon", "characters"),
    "escape": ("\x1b[31mTiens bon", "characters"),
    "Zalgo": ("Z\u0315\u0300\u0316\u0317\u0318 algo", "characters"),
    "private use": ("Tiens bon \ue000", "characters"),
    "a lone surrogate": ("Tiens bon \ud800", "characters"),
    "Hangul fillers": ("\u3164\u3164\u3164", "characters"),
    "a link": ("Look: https://example.org/x", "link"),
    "a link that is hidden": ("Look: ht\u200btps:\u2060//example.org", "link"),
    "a link without scheme": ("Look at www.example.be", "link"),
    "a domain": ("Look at example.com today", "link"),
    "a path": ("Look at exem.ple/abc", "link"),
    "an e-mail address": ("Answer to mila@example.org", "link"),
}
