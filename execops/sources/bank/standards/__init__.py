"""Files of a published standard: CAMT, MT940, OFX, QIF and Norma 43."""
