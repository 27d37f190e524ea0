"""Files of a published standard: BAI2, CAMT, CFONB 120, CODA, MT940, OFX, QIF and Norma 43."""
