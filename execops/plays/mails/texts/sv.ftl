# Orden i mejlen till kunder på svenska. Hur en sådan fil är uppbyggd står i en.ftl.


## letter

letter-greeting = Hej { $name },
letter-greeting-company = { letter-greeting }
letter-greeting-nameless = Hej,
letter-closing =
    Tack och vänliga hälsningar
    { $company }
letter-closing-nameless = Tack och vänliga hälsningar
letter-paid-already = Om du redan har betalat kan du bortse från det här mejlet.

letter-page = { $number }: { $link }

letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] autogiro
    [ach_debit] autogiro
    [au_becs_debit] autogiro
    [bacs_debit] autogiro
    [nz_bank_account] autogiro
    [sepa_debit] SEPA-autogiro
    [us_bank_account] autogiro
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] banköverföring
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] betalningssätt
}
letter-card = { $named ->
    [none] kort
    [card] { $brand }
   *[brand] { $brand }-kort
}{ $ending ->
    [none] { "" }
   *[other] { " " }som slutar på { $ending }
}{ $wallet ->
    [none] { "" }
   *[other] { " " }i { $wallet }
}
# En dragning från ett bankkonto; allt annat är en betalning.
letter-debit = { $method ->
    [sepa_debit] SEPA-dragning
    [acss_debit] autogirodragning
    [ach_debit] autogirodragning
    [au_becs_debit] autogirodragning
    [bacs_debit] autogirodragning
    [nz_bank_account] autogirodragning
    [us_bank_account] autogirodragning
   *[other] dragning
}
letter-your-method = { $method ->
    [card] ditt { letter-card }
   *[other] ditt betalningssätt
}
letter-closing-signed =
    Tack och vänliga hälsningar
    { $signer }
    { $company }
letter-closing-signed-only =
    Tack och vänliga hälsningar
    { $signer }
letter-personal = Jag vill gärna höra av mig till dig personligen.
letter-quote = { $end ->
    [own] ”{ $words }”
   *[none] ”{ $words }”.
}
letter-payment = { $method ->
    [amazon_pay] betalning med Amazon Pay
    [cashapp] betalning med Cash App Pay
    [link] betalning med Link
    [paypal] betalning med PayPal
    [revolut_pay] betalning med Revolut Pay
   *[other] betalning
}
letter-price = { $every ->
    [year] { $price } per år
   *[month] { $price } per månad
}
letter-subscription = { $kind ->
    [named] Din prenumeration ”{ $plan }”
    [priced] Din prenumeration för { letter-price }
    [one] En av dina prenumerationer
   *[only] Din prenumeration
}
letter-staying = { $count ->
    [one] Din andra prenumeration fortsätter.
   *[other] Dina andra prenumerationer fortsätter.
}


## card_update

card_update-payments = { $count ->
    [one] din betalning på { $amounts }
   *[other] dina { $count } betalningar på sammanlagt { $amounts }
}
card_update-subject = { $stage ->
    [last] Åtgärd krävs: { card_update-payments } kunde inte genomföras
    [third] { $count ->
        [one] Åtgärd krävs: betalningen på { $amounts } går fortfarande inte igenom
       *[other] Åtgärd krävs: { $count } betalningar på sammanlagt { $amounts } går fortfarande inte igenom
    }
    [second] Påminnelse: { card_update-payments } gick inte igenom
   *[first] { $count ->
        [one] Din betalning på { $amounts } gick inte igenom
       *[other] Dina { $count } betalningar på sammanlagt { $amounts } gick inte igenom
    }
}
card_update-collect = { $part ->
    [rest] betalningen av resten av faktura { $number }, { $amount }
   *[whole] din { letter-payment } på { $amount } för faktura { $number }
}
card_update-failed = { $how ->
    [trial] Din provperiod är slut, och den första betalningen för din prenumeration, { $amount } för faktura { $number }, gick inte igenom
    [expired] Vi kunde inte genomföra { card_update-collect }, eftersom { letter-your-method } har gått ut
    [uncollected] Vi kunde inte genomföra { card_update-collect }
    [repeated] Vi har nu försökt { $attempt } gånger att genomföra { card_update-collect }, utan att lyckas
    [returned] Din bank har återfört vår { letter-debit } på { card_update-amount } för faktura { $number }
    [second] Ett andra försök att genomföra { card_update-collect } misslyckades
    [declined] Din bank nekade dragningen på { card_update-amount } för faktura { $number } från ditt { letter-card }
   *[other] { $part ->
        [rest] Betalningen av resten av faktura { $number }, { $amount }, gick inte igenom
       *[whole] Din { letter-payment } på { $amount } för faktura { $number } gick inte igenom
    }
}
card_update-opening = { $then ->
    [last] { card_update-failed }. Inga fler försök är planerade.
   *[open] { card_update-failed }.
}
card_update-bank = Din bank nekade dragningen.
card_update-returned = { $why ->
    [closed] Enligt banken är kontot avslutat.
    [unknown] Enligt banken finns kontot inte där.
    [blocked] Enligt banken går det för närvarande inte att dra pengar från kontot.
    [limit] Enligt banken överskrider beloppet en gräns för kontot.
    [holder] Enligt banken stämmer inte kontoinnehavarens namn.
   *[mandate] Enligt banken finns det inget medgivande för dragningen.
}
card_update-hint = { $why ->
    [another] Använd ett annat kort, eftersom banken troligen nekar det här igen.
    [details] Kortuppgifterna kan vara fel: kontrollera kortnumret, giltighetstiden och säkerhetskoden.
    [address] Faktureringsadressen som vi har registrerat kan vara fel: kontrollera postnumret.
    [ask] Din bank kan berätta varför.
   *[stopped] Enligt banken har betalningar till oss stoppats.
}
card_update-stopped = Om du själv har stoppat dem kan du svara på det här mejlet och berätta hur du vill göra framöver.
card_update-on-file = { $method ->
    [card] Kortet som vi har registrerat är ditt { letter-card }.
   *[other] Kontot som vi har registrerat slutar på { $ending }.
}
card_update-several = { $expired ->
    [yes] Dessa betalningar på sammanlagt { $amounts } gick inte igenom, eftersom { letter-your-method } har gått ut:
   *[no] Dessa betalningar på sammanlagt { $amounts } gick inte igenom:
}
card_update-line = • { $amount } för faktura { $number }

card_update-link = { $page ->
    [portal] { $method ->
        [card] Logga in här för att betala eller uppdatera ditt kort:
       *[other] Logga in här för att betala eller byta betalningssätt:
    }
   *[invoice] { $method ->
        [card] Här kan du betala eller uppdatera ditt kort (det tar bara en minut):
       *[other] Här kan du betala eller byta betalningssätt (det tar bara en minut):
    }
}
card_update-links = { $method ->
    [card] Här kan du betala fakturorna eller uppdatera ditt kort (det tar bara en minut):
   *[other] Här kan du betala fakturorna eller byta betalningssätt (det tar bara en minut):
}
card_update-no-link = { $method ->
    [card] Svara på det här mejlet, så skickar vi en säker länk där du kan betala eller uppdatera ditt kort.
   *[other] Svara på det här mejlet, så skickar vi en säker länk där du kan betala eller byta betalningssätt.
}
card_update-retry = { $method ->
    [card] Annars försöker vi igen med ditt kort den { $day }.
   *[other] Annars försöker vi igen med ditt betalningssätt den { $day }.
}

card_update-note-subject = { $count ->
    [one] Din betalning på { $amounts } för faktura { $numbers } gick inte igenom
   *[other] Dina betalningar på sammanlagt { $amounts } för fakturorna { $numbers } gick inte igenom
}
card_update-note-payments = { $count ->
    [one] Din { letter-payment } på { $amounts } för faktura { $numbers } gick inte igenom
   *[other] Dina betalningar på sammanlagt { $amounts } för fakturorna { $numbers } gick inte igenom
}
card_update-note = { $why ->
    [expired] { card_update-note-payments }, eftersom { letter-your-method } har gått ut.
    [trial] { card_update-note-payments } när din provperiod tog slut.
    [debit] { $count ->
        [one] Vår { letter-debit } på { $amounts } för faktura { $numbers } gick inte igenom.
       *[other] { card_update-note-payments }.
    }
   *[other] { card_update-note-payments }.
}
card_update-note-ask = { $by ->
    [person] Är det något som jag kan hjälpa till med, till exempel { card_update-note-such }? En rad som svar räcker, så ordnar jag det.
   *[company] Är det något som vi kan hjälpa till med, till exempel { card_update-note-such }? En rad som svar räcker, så ordnar vi det.
}
card_update-note-link = { $page ->
    [portal] Logga in här för att se fakturan och betala den:
   *[invoice] Här kan du se fakturan och betala den:
}
card_update-note-ignore = { $count ->
    [one] Om betalningen redan är på väg kan du bortse från det här mejlet.
   *[other] Om betalningarna redan är på väg kan du bortse från det här mejlet.
}
card_update-amount = { $part ->
    [rest] de återstående { $amount }
   *[whole] { $amount }
}
card_update-note-such = { $method ->
    [card] en köpgräns på kortet eller en ny kontaktperson för fakturor
   *[other] en spärr på kontot eller en ny kontaktperson för fakturor
}


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] din betalning på { $amount }
   *[other] dina { $count } betalningar på sammanlagt { $amount }
}
authenticate_payment-subject = { $again ->
    [yes] Påminnelse: bekräfta { authenticate_payment-what }
   *[no] Bekräfta { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] Din bank väntar fortfarande på att du bekräftar betalningen på { $amount } för faktura { $number }. Innan dess kan den inte genomföras.
   *[no] Din bank ber dig att bekräfta betalningen på { $amount } för faktura { $number }. Det är en vanlig säkerhetskontroll, och betalningen kan genomföras när du har bekräftat den.
}
authenticate_payment-several = { $again ->
    [yes] Din bank väntar fortfarande på att du bekräftar { $count } betalningar på sammanlagt { $amount }:
   *[no] Din bank ber dig att bekräfta { $count } betalningar på sammanlagt { $amount }:
}
authenticate_payment-line = • { $amount } för faktura { $number }
authenticate_payment-several-why = { $again ->
    [yes] Innan dess kan de inte genomföras.
   *[no] Det är en vanlig säkerhetskontroll, och betalningarna kan genomföras när du har bekräftat dem.
}
authenticate_payment-link = { $page ->
    [portal] { $count ->
        [one] Logga in här för att bekräfta betalningen:
       *[other] Logga in här för att bekräfta betalningarna:
    }
   *[invoice] { $count ->
        [one] Här kan du bekräfta betalningen (det tar bara en minut):
       *[other] Här kan du bekräfta betalningarna (det tar bara en minut):
    }
}
authenticate_payment-links = Här kan du bekräfta betalningarna (det tar bara en minut):
authenticate_payment-no-link = { $count ->
    [one] Svara på det här mejlet, så skickar vi en säker länk där du kan bekräfta betalningen.
   *[other] Svara på det här mejlet, så skickar vi säkra länkar där du kan bekräfta betalningarna.
}
authenticate_payment-ignore = Om du redan har bekräftat kan du bortse från det här mejlet.

authenticate_payment-verify-subject = { $what ->
    [setup] Verifiera ditt bankkonto
   *[payment] Verifiera ditt bankkonto för din betalning på { $amount }
}
authenticate_payment-verify-what = { $what ->
    [invoice] Din betalning på { $amount } för faktura { $number } kan genomföras när ditt bankkonto är verifierat.
    [payment] Din betalning på { $amount } kan genomföras när ditt bankkonto är verifierat.
   *[setup] Ditt bankkonto kan användas för dina betalningar när det är verifierat.
}
authenticate_payment-verify = { authenticate_payment-verify-what } Leta i ditt kontoutdrag efter en eller två små insättningar, eller en insättning med en kod, som har gjorts för detta.
authenticate_payment-verify-arrives = De bör ha kommit senast den { $day }.
authenticate_payment-verify-link = { $page ->
    [portal] Logga in här för att ange beloppen eller koden:
   *[invoice] Här kan du ange beloppen eller koden:
}
authenticate_payment-verify-no-link = Svara på det här mejlet om du har frågor.
authenticate_payment-verify-ignore = Om du redan har verifierat kontot kan du bortse från det här mejlet.


## card_expiring

card_expiring-subject = { $when ->
    [expired] Ditt { letter-card } har gått ut
    [known] Ditt { letter-card } går ut i slutet av { $month }
   *[soon] Ditt { letter-card } går snart ut
}
card_expiring-opening = { $when ->
    [expired] Ditt { letter-card } gick ut i slutet av { $month }. Lägg in ett nytt kort, så fortsätter dina betalningar utan avbrott.
    [known] Ditt { letter-card } går ut i slutet av { $month }. Lägg in ditt nya kort så snart du har fått det, så fortsätter dina betalningar utan avbrott.
   *[soon] Ditt { letter-card } går snart ut. Lägg in ditt nya kort så snart du har fått det, så fortsätter dina betalningar utan avbrott.
}
card_expiring-next = { $next ->
    [first] Din första betalning på { $amount } dras den { $day }, när din provperiod är slut.
    [known] Din nästa betalning på { $amount } dras den { $day }.
   *[unknown] Din nästa betalning dras den { $day }.
}
card_expiring-link = Logga in här för att lägga in det nya kortet:
card_expiring-no-link = Svara på det här mejlet, så skickar vi en säker länk där du kan uppdatera ditt kort. Skicka inga kortuppgifter per mejl.
card_expiring-ignore = Om du redan har uppdaterat kortet kan du bortse från det här mejlet.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] { $part ->
            [rest] { $amount } kvar att betala på faktura { $number }
           *[whole] Faktura { $number } på { $amount }
        }
        [last] Sista påminnelsen: { invoice_overdue-what }
        [firm] Förfallen: { invoice_overdue-what }
        [ask] Förfallen: { invoice_overdue-what }
       *[reminder] Påminnelse: { invoice_overdue-what }
    }
   *[other] { $tone ->
        [note] { $count } fakturor på sammanlagt { $amount }
        [last] Sista påminnelsen: { $count } fakturor på sammanlagt { $amount }
        [firm] Förfallna: { $count } fakturor på sammanlagt { $amount }
        [ask] Förfallna: { $count } fakturor på sammanlagt { $amount }
       *[reminder] Påminnelse: { $count } fakturor på sammanlagt { $amount }
    }
}
invoice_overdue-opening = { $due ->
    [known] Faktura { $number } på { $amount } förföll den { $day }, och vi har ännu inte fått din betalning.
   *[unknown] Faktura { $number } på { $amount } har förfallit, och vi har ännu inte fått din betalning.
}
invoice_overdue-rest = { $due ->
    [known] Tack för din betalning på { $paid } av faktura { $number }. Resten, { $amount }, förföll den { $day }.
   *[unknown] Tack för din betalning på { $paid } av faktura { $number }. Resten, { $amount }, har förfallit.
}
invoice_overdue-credited = En kreditering på { $credit } är redan avdragen från beloppet.
invoice_overdue-slipped = Den kan helt enkelt ha blivit förbisedd.
invoice_overdue-several = Dessa fakturor har förfallit, och dessa belopp är ännu obetalda:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, förföll den { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (efter din betalning på { $paid }), förföll den { $day }
   *[unknown] • { $number }: { $amount } (efter din betalning på { $paid })
}
invoice_overdue-ended = { $count ->
    [one] Din prenumeration har avslutats, men fakturan är fortfarande obetald.
   *[other] Din prenumeration har avslutats, men fakturorna är fortfarande obetalda.
}
invoice_overdue-link = { $page ->
    [portal] { $count ->
        [one] { $part ->
            [rest] Logga in här för att se fakturan och betala resten:
           *[whole] Logga in här för att se fakturan och betala den:
        }
       *[other] Logga in här för att se fakturorna och betala dem:
    }
   *[invoice] { $count ->
        [one] { $part ->
            [rest] Här kan du se fakturan och betala resten:
           *[whole] Här kan du se fakturan och betala den:
        }
       *[other] Här kan du se fakturorna och betala dem:
    }
}
invoice_overdue-links = Här kan du se fakturorna och betala dem:
invoice_overdue-no-link = Svara på det här mejlet om du behöver fakturan eller våra betalningsuppgifter igen.
invoice_overdue-close = { $tone ->
    [note] { $by ->
        [person] Är det något som jag kan hjälpa till med, till exempel ett referensnummer som saknas, ett godkännande eller en ny kontaktperson för fakturor? En rad som svar räcker, så ordnar jag det.
       *[company] Är det något som vi kan hjälpa till med, till exempel ett referensnummer som saknas, ett godkännande eller en ny kontaktperson för fakturor? En rad som svar räcker, så ordnar vi det.
    }
    [last] { $count ->
        [one] { $part ->
            [rest] Betala resten inom de närmaste sju dagarna, eller berätta innan dess vad som hindrar betalningen. Vi hittar hellre en lösning tillsammans med dig än att gå vidare med ärendet.
           *[whole] Betala den inom de närmaste sju dagarna, eller berätta innan dess vad som hindrar betalningen. Vi hittar hellre en lösning tillsammans med dig än att gå vidare med ärendet.
        }
       *[other] Betala dem inom de närmaste sju dagarna, eller berätta innan dess vad som hindrar betalningen. Vi hittar hellre en lösning tillsammans med dig än att gå vidare med ärendet.
    }
    [firm] { $count ->
        [one] Vi ber dig att betala den här veckan, eller att meddela vilken dag vi kan räkna med betalningen. Om du har invändningar mot fakturan ber vi dig att berätta vilka de är.
       *[other] Vi ber dig att betala den här veckan, eller att meddela vilken dag vi kan räkna med betalningen. Om du har invändningar mot fakturorna ber vi dig att berätta vilka de är.
    }
    [ask] { $count ->
        [one] När kan vi räkna med betalningen? Om något på fakturan är oklart kan du svara på det här mejlet, så reder vi ut det.
       *[other] När kan vi räkna med betalningen? Om något på fakturorna är oklart kan du svara på det här mejlet, så reder vi ut det.
    }
   *[reminder] { $count ->
        [one] Om något på fakturan är oklart är det bara att svara på det här mejlet.
       *[other] Om något på fakturorna är oklart är det bara att svara på det här mejlet.
    }
}
invoice_overdue-what = { $part ->
    [rest] { $amount } kvar att betala på faktura { $number }
   *[whole] faktura { $number } på { $amount }
}


## save_offer

save_offer-ends = { $when ->
    [known] { $what ->
        [trial] Din provperiod slutar den { $day }
       *[only] { letter-subscription } slutar den { $day }
    }
   *[unknown] { $what ->
        [trial] Din uppsägning av provperioden
       *[only] Din uppsägning
    }
}
save_offer-subject = { $asks ->
    [yes] { $what ->
        [trial] Du har avslutat din provperiod: får vi fråga varför?
       *[only] { save_offer-ends }: får vi fråga varför?
    }
   *[no] { save_offer-ends }
}
save_offer-opening = { $what ->
    [trial] { $when ->
        [known] Vi har sett att du har avslutat din provperiod. Den slutar den { $day } och övergår inte i en betald prenumeration.
       *[unknown] Vi har sett att du har avslutat din provperiod. Den övergår inte i en betald prenumeration.
    }
    [one] { $when ->
        [known] Vi har sett din uppsägning. { letter-subscription } slutar den { $day }.
       *[unknown] Vi har sett din uppsägning. { letter-subscription } kommer att avslutas.
    }
   *[only] { $when ->
        [known] Vi har sett din uppsägning. Din prenumeration slutar den { $day }.
       *[unknown] Vi har sett din uppsägning.
    }
}
save_offer-thanks = Tack för att du har varit kund hos oss sedan { $month }.
save_offer-reason = { $reason ->
    [too_expensive] Du angav att priset var orsaken
    [missing_features] Du angav att något saknades
    [switched_service] Du angav att du har hittat en annan tjänst
    [unused] Du angav att du använde den för lite
    [customer_service] Du angav att vår kundservice inte räckte till
    [too_complex] Du angav att det var för krångligt
   *[low_quality] Du angav att kvaliteten inte räckte till
}
save_offer-wrote = { $reason ->
    [too_expensive] Du angav priset som skäl och skrev
    [missing_features] Du angav att något saknades och skrev
    [switched_service] Du angav att du har hittat en annan tjänst och skrev
    [unused] Du angav att du använde den för lite och skrev
    [customer_service] Du angav att vår kundservice inte räckte till och skrev
    [too_complex] Du angav att det var för krångligt och skrev
   *[low_quality] Du angav att kvaliteten inte räckte till och skrev
}
save_offer-comment = { $reason ->
    [none] Du skrev: { $comment } Tack för att du berättade det.
    [customer_service] Vi beklagar det. { save_offer-wrote }: { $comment } Tack för att du berättade det.
    [low_quality] Vi beklagar det. { save_offer-wrote }: { $comment } Tack för att du berättade det.
   *[other] { save_offer-wrote }: { $comment } Tack för att du berättade det.
}
save_offer-answer = { $reason ->
    [none] { $what ->
        [one] Vill du berätta varför du avslutar den? En rad som svar räcker, och den hjälper oss att bli bättre.
       *[only] Vill du berätta varför du slutar? En rad som svar räcker, och den hjälper oss att bli bättre.
    }
    [too_expensive] { save_offer-reason }. Tack för att du berättade det.
    [missing_features] { save_offer-reason }. Vilken funktion var det? En rad som svar räcker, och den hjälper oss att bli bättre.
    [switched_service] { save_offer-reason }. Vad gör den bättre för dig? En rad som svar räcker, och den hjälper oss att bli bättre.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Vi beklagar det.
    [too_complex] { save_offer-reason }. Var tog det stopp? En rad som svar räcker, och den hjälper oss att bli bättre.
   *[low_quality] { save_offer-reason }. Vi beklagar det. Vad gick fel? En rad som svar räcker, och den hjälper oss att bli bättre.
}
save_offer-answer-trial = Hittade du det du sökte? En rad som svar räcker, och den hjälper oss att bli bättre.
save_offer-offer = { $reason ->
    [too_expensive] Om det finns villkor som skulle göra den värd priset för dig kan du svara på det här mejlet, så ser vi vad vi kan göra.
    [missing_features] Om du vill veta hur vi ser på det är det bara att svara på det här mejlet.
    [switched_service] Om den inte skulle passa är du välkommen tillbaka.
    [unused] { $pause ->
        [yes] Om du hellre vill pausa prenumerationen en tid än avsluta den är det bara att svara på det här mejlet.
       *[no] Om du vill prata om det är det bara att svara på det här mejlet.
    }
    [customer_service] Om det finns något kvar att rätta till kan du svara på det här mejlet, så tar vi hand om det, oavsett om du stannar eller inte.
    [too_complex] Om du vill gå igenom det tillsammans med oss innan dess är det bara att svara på det här mejlet.
    [low_quality] Om det finns något kvar att rätta till kan du svara på det här mejlet, så tar vi hand om det, oavsett om du stannar eller inte.
   *[other] { $pause ->
        [yes] Om du vill prata om det, eller hellre pausa prenumerationen en tid än avsluta den, är det bara att svara på det här mejlet.
       *[no] Om du vill prata om det är det bara att svara på det här mejlet.
    }
}
save_offer-offer-trial = Om mer tid att prova skulle hjälpa är det bara att svara på det här mejlet.
save_offer-until = Inget ändras före den { $day }.
save_offer-behind = En sak är ännu inte klar: den senaste betalningen har inte gått igenom.
save_offer-open-one = En betalning återstår:
save_offer-open-several = Dessa betalningar återstår:
save_offer-open-line = { $due ->
    [known] { $amount } för faktura { $number }, som förföll den { $day }.
   *[unknown] { $amount } för faktura { $number }; betalningen gick inte igenom.
}
save_offer-open-link = Här kan du betala:
save_offer-rest = { $rest ->
    [behind] I övrigt behöver du inte göra något mer.
    [silent] Om du har bestämt dig behöver du inte göra något mer.
   *[other] Annars behöver du inte göra något mer.
}


## subscription_ended

subscription_ended-subject = { letter-subscription } avslutades den { $day }
subscription_ended-opening = { $why ->
    [unpaid] { letter-subscription } avslutades den { $day }, eftersom betalningen inte kunde genomföras.
   *[other] { letter-subscription } avslutades den { $day }.
}
subscription_ended-owed = { $amount } för faktura { $number } är fortfarande obetalt.
subscription_ended-thanks = Tack för förtroendet sedan { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] Om det finns villkor som skulle göra den värd priset för dig igen kan du svara på det här mejlet, så ser vi vad vi kan göra.
    [missing_features] Om du vill veta hur vi ser på det är det bara att svara på det här mejlet.
    [switched_service] Om den inte skulle passa är du välkommen tillbaka: ett svar på det här mejlet räcker.
    [unused] Om du behöver den igen någon gång räcker ett svar på det här mejlet.
    [customer_service] Om det finns något kvar att rätta till kan du svara på det här mejlet, så tar vi hand om det.
    [too_complex] Om du vill prova en gång till med vår hjälp är det bara att svara på det här mejlet.
    [low_quality] Om det finns något kvar att rätta till kan du svara på det här mejlet, så tar vi hand om det.
    [unpaid] Om du vill fortsätta är det bara att svara på det här mejlet.
    [owing] En betalning startar inte prenumerationen igen av sig själv. Om du vill fortsätta är det bara att svara på det här mejlet.
    [unknown] Om du inte hade väntat dig detta, eller vill komma tillbaka, är det bara att svara på det här mejlet.
    [asked] Om du vill komma tillbaka någon gång räcker ett svar på det här mejlet.
    [stays] Om det är något som vi kan göra bättre räcker en rad som svar.
   *[none] Om du slutade på grund av något som vi kan rätta till, eller om du vill komma tillbaka någon gång, räcker en rad som svar.
}


## trial_ending

trial_ending-subject = Din provperiod slutar den { $day }
trial_ending-trial = { $named ->
    [yes] Din provperiod för ”{ $plan }”
   *[no] Din provperiod
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } slutar den { $day }. Den första betalningen på { $amount } ska dras den dagen, och det finns ännu inget betalningssätt för den.
    [tax] { trial_ending-trial } slutar den { $day }. Den första betalningen på { $amount } plus skatt ska dras den dagen, och det finns ännu inget betalningssätt för den.
   *[unknown] { trial_ending-trial } slutar den { $day }. Därefter börjar betalningarna för din prenumeration, och det finns ännu inget betalningssätt för dem.
}
trial_ending-without = { $missing ->
    [cancel] Utan betalningssätt slutar din prenumeration med provperioden, och inget dras.
   *[pause] Utan betalningssätt pausas din prenumeration när provperioden slutar, och inget dras.
}
trial_ending-link = Om du vill fortsätta efter provperioden kan du lägga in ett här:
trial_ending-no-link = Om du vill fortsätta efter provperioden är det bara att svara på det här mejlet, så skickar vi en säker länk där du kan lägga in ett. Skicka inga kortuppgifter per mejl.
trial_ending-stop = { $missing ->
    [create_invoice] Om du inte vill fortsätta ber vi dig att säga till innan dess: en rad som svar räcker.
   *[other] Om du inte vill fortsätta behöver du inte göra något.
}
