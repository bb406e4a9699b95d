"""Arabic with western digits, as these pages use them: 1,204.5.

Source: CLDR 45, ar, numbers-latn.
"""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
