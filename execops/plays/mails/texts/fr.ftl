# Les mots des mails aux clients, en français. La forme d’un tel fichier est expliquée dans en.ftl.


## letter

letter-greeting = Bonjour { $name },
letter-greeting-company = { letter-greeting }
letter-greeting-nameless = Bonjour,
letter-closing =
    Cordialement,
    { $company }
letter-closing-nameless = Cordialement.
letter-paid-already = Si vous avez déjà réglé, merci de ne pas tenir compte de ce message.

letter-page = { $number } : { $link }

letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] prélèvement bancaire
    [ach_debit] prélèvement bancaire
    [au_becs_debit] prélèvement bancaire
    [bacs_debit] prélèvement bancaire
    [nz_bank_account] prélèvement bancaire
    [sepa_debit] prélèvement SEPA
    [us_bank_account] prélèvement bancaire
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] virement bancaire
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] moyen de paiement
}
letter-card = { $named ->
    [none] carte
    [card] carte { $brand }
   *[brand] carte { $brand }
}{ $ending ->
    [none] { "" }
   *[other] { " " }se terminant par { $ending }
}{ $wallet ->
    [none] { "" }
   *[other] { " " }dans { $wallet }
}
# Un prélèvement ; tout autre moyen est un paiement. Les deux sont masculins.
letter-debit = { $method ->
    [sepa_debit] prélèvement SEPA
    [acss_debit] prélèvement bancaire
    [ach_debit] prélèvement bancaire
    [au_becs_debit] prélèvement bancaire
    [bacs_debit] prélèvement bancaire
    [nz_bank_account] prélèvement bancaire
    [us_bank_account] prélèvement bancaire
   *[other] paiement
}
letter-has-expired = { $method ->
    [card] votre { letter-card } est arrivée à expiration
   *[other] votre moyen de paiement est arrivé à expiration
}
letter-closing-signed =
    Bien cordialement,
    { $signer }
    { $company }
letter-closing-signed-only =
    Bien cordialement,
    { $signer }
letter-personal = Je tenais à vous écrire personnellement.
letter-quote = { $end ->
    [own] « { $words } »
   *[none] « { $words } ».
}
letter-payment = { $method ->
    [amazon_pay] paiement Amazon Pay
    [cashapp] paiement Cash App Pay
    [link] paiement Link
    [paypal] paiement PayPal
    [revolut_pay] paiement Revolut Pay
   *[other] paiement
}
letter-price = { $every ->
    [year] { $price } par an
   *[month] { $price } par mois
}
letter-subscription = { $kind ->
    [named] Votre abonnement { $plan }
    [priced] Votre abonnement à { letter-price }
    [one] L’un de vos abonnements
   *[only] Votre abonnement
}
letter-staying = { $count ->
    [one] Votre autre abonnement continue.
   *[other] Vos autres abonnements continuent.
}


## card_update

card_update-payments = { $count ->
    [one] votre paiement de { $amounts }
   *[other] vos paiements, { $amounts } au total,
}
card_update-subject = { $stage ->
    [last] { $count ->
        [one] Action requise : { card_update-payments } n’a pas pu être encaissé
       *[other] Action requise : { card_update-payments } n’ont pas pu être encaissés
    }
    [third] { $count ->
        [one] Action requise : { card_update-payments } n’a toujours pas abouti
       *[other] Action requise : { card_update-payments } n’ont toujours pas abouti
    }
    [second] { $count ->
        [one] Rappel : { card_update-payments } n’a pas abouti
       *[other] Rappel : { card_update-payments } n’ont pas abouti
    }
   *[first] { $count ->
        [one] Votre paiement de { $amounts } n’a pas abouti
       *[other] Vos paiements, { $amounts } au total, n’ont pas abouti
    }
}
card_update-collect = { $part ->
    [rest] le solde de { $amount } de la facture { $number }
   *[whole] votre { letter-payment } de { $amount } pour la facture { $number }
}
card_update-failed = { $how ->
    [trial] Votre période d’essai est terminée et le premier paiement de votre abonnement, { $amount } pour la facture { $number }, n’a pas abouti
    [expired] Nous n’avons pas pu encaisser { card_update-collect }, car { letter-has-expired }
    [uncollected] Nous n’avons pas pu encaisser { card_update-collect }
    [repeated] Nous avons tenté { $attempt } fois d’encaisser { card_update-collect }, sans succès
    [returned] Votre banque a rejeté notre { letter-debit } { card_update-amount } pour la facture { $number }
    [second] { $part ->
        [rest] Une deuxième tentative d’encaissement du solde de { $amount } de la facture { $number } n’a pas abouti
       *[whole] Une deuxième tentative d’encaissement de votre { letter-payment } de { $amount } pour la facture { $number } n’a pas abouti
    }
    [declined] Votre banque a refusé le débit { card_update-amount } sur votre { letter-card } pour la facture { $number }
   *[other] { $part ->
        [rest] Le paiement du solde de { $amount } de la facture { $number } n’a pas abouti
       *[whole] Votre { letter-payment } de { $amount } pour la facture { $number } n’a pas abouti
    }
}
card_update-opening = { $then ->
    [last] { card_update-failed }, et aucune autre tentative n’est prévue.
   *[open] { card_update-failed }.
}
card_update-bank = Votre banque a refusé le débit.
card_update-returned = { $why ->
    [closed] Selon la banque, le compte est clôturé.
    [unknown] Selon la banque, le compte n’est pas connu.
    [blocked] Selon la banque, le compte n’accepte pas de prélèvements actuellement.
    [limit] Selon la banque, le montant dépasse un plafond du compte.
    [holder] Selon la banque, le nom du titulaire du compte ne correspond pas.
   *[mandate] Selon la banque, le prélèvement n’est pas autorisé.
}
card_update-hint = { $why ->
    [another] Merci d’utiliser une autre carte, car la banque risque de refuser de nouveau celle-ci.
    [details] Les données de la carte sont peut-être inexactes : merci de vérifier son numéro, sa date d’expiration et son cryptogramme.
    [address] L’adresse de facturation enregistrée est peut-être inexacte : merci de vérifier le code postal.
    [ask] Votre banque peut vous en indiquer la raison.
   *[stopped] Selon la banque, les paiements en notre faveur ont été bloqués.
}
card_update-stopped = Si vous l’avez demandé vous-même, merci de répondre à ce message et de nous dire comment vous souhaitez poursuivre.
card_update-on-file = { $method ->
    [card] La carte enregistrée est votre { letter-card }.
   *[other] Le compte enregistré se termine par { $ending }.
}
card_update-several = { $expired ->
    [yes] Ces paiements, { $amounts } au total, n’ont pas abouti, car { letter-has-expired } :
   *[no] Ces paiements, { $amounts } au total, n’ont pas abouti :
}
card_update-line = • { $amount } pour la facture { $number }

card_update-link = { $page ->
    [portal] { $method ->
        [card] Vous pouvez vous connecter ici pour régler la facture ou mettre à jour votre carte :
       *[other] Vous pouvez vous connecter ici pour régler la facture ou changer de moyen de paiement :
    }
   *[invoice] { $method ->
        [card] Vous pouvez régler la facture ou mettre à jour votre carte ici, en une minute :
       *[other] Vous pouvez régler la facture ou changer de moyen de paiement ici, en une minute :
    }
}
card_update-links = { $method ->
    [card] Vous pouvez régler les factures ou mettre à jour votre carte ici, en une minute :
   *[other] Vous pouvez régler les factures ou changer de moyen de paiement ici, en une minute :
}
card_update-no-link = { $method ->
    [card] Répondez à ce message et nous vous enverrons un lien sécurisé pour régler la facture ou mettre à jour votre carte.
   *[other] Répondez à ce message et nous vous enverrons un lien sécurisé pour régler la facture ou changer de moyen de paiement.
}
card_update-retry = { $method ->
    [card] Sinon, nous essaierons de nouveau de débiter votre carte le { $day }.
   *[other] Sinon, nous essaierons de nouveau de débiter votre moyen de paiement le { $day }.
}

card_update-note-subject = { $count ->
    [one] Votre paiement de { $amounts } pour la facture { $numbers } n’a pas abouti
   *[other] Vos paiements pour les factures { $numbers }, { $amounts } au total, n’ont pas abouti
}
card_update-note-payments = { $count ->
    [one] Votre { letter-payment } de { $amounts } pour la facture { $numbers } n’a pas abouti
   *[other] Vos paiements pour les factures { $numbers }, { $amounts } au total, n’ont pas abouti
}
card_update-note = { $why ->
    [expired] { card_update-note-payments }, car { letter-has-expired }.
    [trial] { card_update-note-payments } à la fin de votre période d’essai.
    [debit] { $count ->
        [one] Le { letter-debit } de { $amounts } pour la facture { $numbers } n’a pas abouti.
       *[other] { card_update-note-payments }.
    }
   *[other] { card_update-note-payments }.
}
card_update-note-ask = { $by ->
    [person] Puis-je vous aider à débloquer la situation, par exemple s’il s’agit { card_update-note-such } ? Un mot de réponse suffit, et je m’en occupe.
   *[company] Pouvons-nous vous aider à débloquer la situation, par exemple s’il s’agit { card_update-note-such } ? Un mot de réponse suffit, et nous nous en occupons.
}
card_update-note-link = { $page ->
    [portal] Vous pouvez vous connecter ici pour consulter la facture ; vous pouvez aussi la régler par un autre moyen :
   *[invoice] Voici la facture ; vous pouvez aussi la régler par un autre moyen :
}
card_update-note-ignore = Si le règlement est déjà en cours, merci de ne pas tenir compte de ce message.
card_update-amount = { $part ->
    [rest] du solde de { $amount }
   *[whole] de { $amount }
}
card_update-note-such = { $method ->
    [card] d’un plafond de carte, d’un numéro de commande manquant ou d’un nouveau contact pour la facturation
   *[other] d’un numéro de commande manquant, d’une validation ou d’un nouveau contact pour la facturation
}


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] votre paiement de { $amount }
   *[other] vos { $count } paiements, { $amount } au total
}
authenticate_payment-subject = { $again ->
    [yes] Rappel : merci de confirmer { authenticate_payment-what }
   *[no] Merci de confirmer { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] Votre banque attend toujours que vous confirmiez le paiement de { $amount } pour la facture { $number }. D’ici là, il ne peut pas aboutir.
   *[no] Votre banque vous demande de confirmer le paiement de { $amount } pour la facture { $number }. C’est un contrôle de sécurité habituel ; le paiement pourra aboutir dès que vous l’aurez confirmé.
}
authenticate_payment-several = { $again ->
    [yes] Votre banque attend toujours que vous confirmiez { $count } paiements, { $amount } au total :
   *[no] Votre banque vous demande de confirmer { $count } paiements, { $amount } au total :
}
authenticate_payment-line = • { $amount } pour la facture { $number }
authenticate_payment-several-why = { $again ->
    [yes] D’ici là, ils ne peuvent pas aboutir.
   *[no] C’est un contrôle de sécurité habituel ; les paiements pourront aboutir dès que vous les aurez confirmés.
}
authenticate_payment-link = { $page ->
    [portal] { $count ->
        [one] Vous pouvez vous connecter ici pour le confirmer :
       *[other] Vous pouvez vous connecter ici pour les confirmer :
    }
   *[invoice] { $count ->
        [one] Vous pouvez le confirmer ici, en une minute :
       *[other] Vous pouvez les confirmer ici, en une minute :
    }
}
authenticate_payment-links = Vous pouvez les confirmer ici, en une minute :
authenticate_payment-no-link = { $count ->
    [one] Répondez à ce message et nous vous enverrons un lien sécurisé pour le confirmer.
   *[other] Répondez à ce message et nous vous enverrons des liens sécurisés pour les confirmer.
}
authenticate_payment-ignore = { $count ->
    [one] Si vous l’avez déjà confirmé, merci de ne pas tenir compte de ce message.
   *[other] Si vous les avez déjà confirmés, merci de ne pas tenir compte de ce message.
}

authenticate_payment-verify-subject = { $what ->
    [setup] Votre compte bancaire reste à vérifier
   *[payment] Votre compte bancaire reste à vérifier pour votre paiement de { $amount }
}
authenticate_payment-verify-what = { $what ->
    [invoice] Votre paiement de { $amount } pour la facture { $number } est en attente de la vérification de votre compte bancaire.
    [payment] Votre paiement de { $amount } est en attente de la vérification de votre compte bancaire.
   *[setup] Votre compte bancaire pourra servir à vos paiements dès qu’il sera vérifié.
}
authenticate_payment-verify = { authenticate_payment-verify-what } Vous trouverez à cet effet, sur votre relevé, un ou deux petits virements, ou un virement accompagné d’un code.
authenticate_payment-verify-arrives = Ils arriveront au plus tard le { $day }.
authenticate_payment-verify-link = { $page ->
    [portal] Vous pouvez vous connecter ici pour saisir les montants ou le code :
   *[invoice] Vous pouvez saisir les montants ou le code ici :
}
authenticate_payment-verify-no-link = Pour toute question, répondez simplement à ce message.
authenticate_payment-verify-ignore = Si vous avez déjà vérifié votre compte, merci de ne pas tenir compte de ce message.


## card_expiring

card_expiring-subject = { $when ->
    [expired] Votre { letter-card } est arrivée à expiration
    [known] Votre { letter-card } expire fin { $month }
   *[soon] Votre { letter-card } expire bientôt
}
card_expiring-opening = { $when ->
    [expired] Votre { letter-card } est arrivée à expiration fin { $month }. Pour que vos paiements se poursuivent sans interruption, merci d’enregistrer votre nouvelle carte dès que vous l’aurez.
    [known] Votre { letter-card } expire fin { $month }. Pour que vos paiements se poursuivent sans interruption, merci d’enregistrer votre nouvelle carte dès que vous l’aurez.
   *[soon] Votre { letter-card } expire bientôt. Pour que vos paiements se poursuivent sans interruption, merci d’enregistrer votre nouvelle carte dès que vous l’aurez.
}
card_expiring-next = { $next ->
    [first] Votre premier paiement de { $amount } est prévu le { $day }, à la fin de votre période d’essai.
    [known] Votre prochain paiement de { $amount } est prévu le { $day }.
   *[unknown] Votre prochain paiement est prévu le { $day }.
}
card_expiring-link = Vous pouvez vous connecter ici pour enregistrer la nouvelle carte :
card_expiring-no-link = Répondez simplement à ce message et nous vous enverrons un lien sécurisé pour mettre à jour votre carte. Merci de ne pas envoyer de données de carte par e-mail.
card_expiring-ignore = Si vous l’avez déjà mise à jour, merci de ne pas tenir compte de ce message.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] { $part ->
            [rest] Solde de { $amount } sur la facture { $number }
           *[whole] Facture { $number } de { $amount }
        }
        [last] Dernier rappel : { invoice_overdue-what }
        [firm] Règlement en retard : { invoice_overdue-what }
        [ask] Règlement en retard : { invoice_overdue-what }
       *[reminder] Rappel : { invoice_overdue-what }
    }
   *[other] { $tone ->
        [note] { $count } factures, { $amount } au total
        [last] Dernier rappel : { $count } factures, { $amount } au total
        [firm] Règlement en retard : { $count } factures, { $amount } au total
        [ask] Règlement en retard : { $count } factures, { $amount } au total
       *[reminder] Rappel : { $count } factures, { $amount } au total
    }
}
invoice_overdue-opening = { $due ->
    [known] La facture { $number } de { $amount } était à régler au plus tard le { $day }, et nous n’avons pas encore reçu votre règlement.
   *[unknown] L’échéance de la facture { $number } de { $amount } est passée, et nous n’avons pas encore reçu votre règlement.
}
invoice_overdue-rest = { $due ->
    [known] Merci pour votre règlement de { $paid } sur la facture { $number }. Le solde de { $amount } était à régler au plus tard le { $day }.
   *[unknown] Merci pour votre règlement de { $paid } sur la facture { $number }. L’échéance du solde de { $amount } est passée.
}
invoice_overdue-credited = Un avoir de { $credit } est déjà déduit de ce montant.
invoice_overdue-slipped = Il s’agit peut-être d’un simple oubli.
invoice_overdue-several = L’échéance de ces factures est passée ; ces montants restent à régler :
invoice_overdue-line = { $due ->
    [known] • { $number } : { $amount }, échéance le { $day }
   *[unknown] • { $number } : { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number } : { $amount } (après votre règlement de { $paid }), échéance le { $day }
   *[unknown] • { $number } : { $amount } (après votre règlement de { $paid })
}
invoice_overdue-ended = { $count ->
    [one] Votre abonnement a pris fin ; cette facture reste due.
   *[other] Votre abonnement a pris fin ; ces factures restent dues.
}
invoice_overdue-link = { $page ->
    [portal] { $count ->
        [one] { $part ->
            [rest] Vous pouvez vous connecter ici pour consulter la facture et régler le solde :
           *[whole] Vous pouvez vous connecter ici pour consulter la facture et la régler :
        }
       *[other] Vous pouvez vous connecter ici pour consulter les factures et les régler :
    }
   *[invoice] { $count ->
        [one] { $part ->
            [rest] Vous pouvez consulter la facture et régler le solde ici :
           *[whole] Vous pouvez la consulter et la régler ici :
        }
       *[other] Vous pouvez les consulter et les régler ici :
    }
}
invoice_overdue-links = Vous pouvez les consulter et les régler ici :
invoice_overdue-no-link = Répondez à ce message si vous avez de nouveau besoin de la facture ou de nos coordonnées bancaires.
invoice_overdue-close = { $tone ->
    [note] { $by ->
        [person] Quelque chose retarde-t-il le règlement, par exemple un numéro de commande manquant, une validation ou un nouveau contact pour la facturation ? Un mot de réponse suffit, et je m’en occupe.
       *[company] Quelque chose retarde-t-il le règlement, par exemple un numéro de commande manquant, une validation ou un nouveau contact pour la facturation ? Un mot de réponse suffit, et nous nous en occupons.
    }
    [last] { $count ->
        [one] { $part ->
            [rest] Merci de régler le solde dans les sept jours, ou de nous dire d’ici là ce qui vous en empêche ; nous préférons trouver une solution avec vous plutôt que d’engager d’autres démarches.
           *[whole] Merci de la régler dans les sept jours, ou de nous dire d’ici là ce qui vous en empêche ; nous préférons trouver une solution avec vous plutôt que d’engager d’autres démarches.
        }
       *[other] Merci de les régler dans les sept jours, ou de nous dire d’ici là ce qui vous en empêche ; nous préférons trouver une solution avec vous plutôt que d’engager d’autres démarches.
    }
    [firm] { $count ->
        [one] Merci d’effectuer le règlement cette semaine, ou de nous indiquer la date à laquelle nous pouvons y compter. Si vous contestez un point de la facture, dites-nous lequel.
       *[other] Merci d’effectuer le règlement cette semaine, ou de nous indiquer la date à laquelle nous pouvons y compter. Si vous contestez un point des factures, dites-nous lequel.
    }
    [ask] { $count ->
        [one] Pourriez-vous nous dire à quelle date nous pouvons compter sur votre règlement ? Si un point de la facture n’est pas clair, répondez à ce message et nous verrons cela ensemble.
       *[other] Pourriez-vous nous dire à quelle date nous pouvons compter sur votre règlement ? Si un point des factures n’est pas clair, répondez à ce message et nous verrons cela ensemble.
    }
   *[reminder] { $count ->
        [one] Si un point de la facture n’est pas clair, répondez simplement à ce message.
       *[other] Si un point des factures n’est pas clair, répondez simplement à ce message.
    }
}
invoice_overdue-what = { $part ->
    [rest] solde de { $amount } sur la facture { $number }
   *[whole] facture { $number } de { $amount }
}


## save_offer

save_offer-ends = { $when ->
    [known] { $what ->
        [trial] Votre période d’essai prend fin le { $day }
       *[only] { letter-subscription } prend fin le { $day }
    }
   *[unknown] { $what ->
        [trial] Votre période d’essai va prendre fin
       *[only] { letter-subscription } va prendre fin
    }
}
save_offer-subject = { $asks ->
    [yes] { $what ->
        [trial] Vous avez mis fin à votre essai : pouvons-nous vous demander pourquoi ?
       *[only] { save_offer-ends } : pouvons-nous vous demander pourquoi ?
    }
   *[no] { save_offer-ends }
}
save_offer-opening = { $what ->
    [trial] { $when ->
        [known] Nous avons vu que vous avez mis fin à votre période d’essai. Elle se termine le { $day } et ne deviendra pas un abonnement payant.
       *[unknown] Nous avons vu que vous avez mis fin à votre période d’essai. Elle ne deviendra pas un abonnement payant.
    }
    [one] { $when ->
        [known] Nous avons bien reçu votre résiliation. { letter-subscription } prend fin le { $day }.
       *[unknown] Nous avons bien reçu votre résiliation. { letter-subscription } va prendre fin.
    }
   *[only] { $when ->
        [known] Nous avons vu que votre abonnement prend fin le { $day }.
       *[unknown] Nous avons vu que vous avez résilié votre abonnement.
    }
}
save_offer-thanks = Merci de votre confiance depuis { $month }.
save_offer-reason = { $reason ->
    [too_expensive] Vous nous avez dit que le prix en était la raison
    [missing_features] Vous nous avez dit qu’il vous manquait quelque chose
    [switched_service] Vous nous avez dit que vous aviez trouvé un autre service
    [unused] Vous nous avez dit que vous ne vous en serviez pas assez
    [customer_service] Vous nous avez dit que notre service client n’avait pas été à la hauteur
    [too_complex] Vous nous avez dit que c’était trop compliqué
   *[low_quality] Vous nous avez dit que la qualité n’avait pas été à la hauteur
}
save_offer-comment = { $reason ->
    [none] Vous avez écrit : { $comment } Merci de nous l’avoir dit.
    [customer_service] Nous en sommes désolés. { save_offer-reason }, et vous avez écrit : { $comment } Merci de nous l’avoir dit.
    [low_quality] Nous en sommes désolés. { save_offer-reason }, et vous avez écrit : { $comment } Merci de nous l’avoir dit.
   *[other] { save_offer-reason }, et vous avez écrit : { $comment } Merci de nous l’avoir dit.
}
save_offer-answer = { $reason ->
    [none] Accepteriez-vous de nous dire ce qui a motivé votre décision ? Un mot de réponse suffit, et cela nous aide à progresser.
    [too_expensive] { save_offer-reason }. Merci de votre franchise.
    [missing_features] { save_offer-reason }. Quelle fonctionnalité vous a manqué ? Un mot de réponse suffit, et cela nous aide à progresser.
    [switched_service] { save_offer-reason }. Que vous apporte-t-il de plus ? Un mot de réponse suffit, et cela nous aide à progresser.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Nous en sommes désolés.
    [too_complex] { save_offer-reason }. Qu’est-ce qui vous a gêné ? Un mot de réponse suffit, et cela nous aide à progresser.
   *[low_quality] { save_offer-reason }. Nous en sommes désolés. Qu’est-ce qui n’a pas fonctionné ? Un mot de réponse suffit, et cela nous aide à progresser.
}
save_offer-answer-trial = Y avez-vous trouvé ce que vous cherchiez ? Un mot de réponse suffit, et cela nous aide à progresser.
save_offer-offer = { $reason ->
    [too_expensive] S’il existe des conditions auxquelles cela en vaudrait encore la peine pour vous, répondez à ce message et nous verrons ce que nous pouvons faire.
    [missing_features] Si vous souhaitez savoir où nous en sommes sur ce point, répondez simplement à ce message.
    [switched_service] S’il ne vous convenait finalement pas, vous serez toujours les bienvenus.
    [unused] { $pause ->
        [yes] Si vous préférez suspendre l’abonnement quelque temps au lieu d’y mettre fin, répondez simplement à ce message.
       *[no] Si vous souhaitez en parler, répondez simplement à ce message.
    }
    [customer_service] S’il reste quelque chose à résoudre, répondez à ce message et nous nous en occuperons, que vous restiez ou non.
    [too_complex] Si vous souhaitez que nous regardions cela ensemble avant la fin, répondez simplement à ce message.
    [low_quality] S’il reste quelque chose à résoudre, répondez à ce message et nous nous en occuperons, que vous restiez ou non.
   *[other] { $pause ->
        [yes] Si vous souhaitez en parler, ou suspendre l’abonnement quelque temps au lieu d’y mettre fin, répondez simplement à ce message.
       *[no] Si vous souhaitez en parler, répondez simplement à ce message.
    }
}
save_offer-offer-trial = Si vous souhaitez un peu plus de temps pour l’essayer, répondez simplement à ce message.
save_offer-until = Jusqu’au { $day }, rien ne change.
save_offer-behind = Il reste un point à régler : le dernier paiement n’a pas encore abouti.
save_offer-open-one = Il reste à régler
save_offer-open-several = Ces paiements restent à régler :
save_offer-open-line = { $due ->
    [known] { $amount } sur la facture { $number }, à régler au plus tard le { $day }.
   *[unknown] { $amount } sur la facture { $number } ; le paiement n’a pas abouti.
}
save_offer-open-link = Vous pouvez la régler ici :
save_offer-rest = { $rest ->
    [behind] Pour le reste, vous n’avez rien à faire.
    [silent] Si votre décision est prise, vous n’avez rien d’autre à faire.
   *[other] Sinon, vous n’avez rien d’autre à faire.
}


## subscription_ended

subscription_ended-subject = { letter-subscription } a pris fin le { $day }
subscription_ended-opening = { $why ->
    [unpaid] { letter-subscription } a pris fin le { $day }, car le paiement n’a pas pu être encaissé.
   *[other] { letter-subscription } a pris fin le { $day }.
}
subscription_ended-owed = { $amount } restent à régler sur la facture { $number }.
subscription_ended-thanks = Merci de votre confiance depuis { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] S’il existe des conditions auxquelles cela en vaudrait de nouveau la peine pour vous, répondez à ce message et nous verrons ce que nous pouvons faire.
    [missing_features] Si vous souhaitez savoir où nous en sommes sur ce point, répondez simplement à ce message.
    [switched_service] S’il ne vous convenait finalement pas, vous serez toujours les bienvenus : une réponse à ce message suffit.
    [unused] Si vous en avez de nouveau besoin un jour, une réponse à ce message suffit.
    [customer_service] S’il reste quelque chose à résoudre, répondez à ce message et nous nous en occuperons.
    [too_complex] Si vous souhaitez réessayer avec notre aide, répondez simplement à ce message.
    [low_quality] S’il reste quelque chose à résoudre, répondez à ce message et nous nous en occuperons.
    [unpaid] Si vous souhaitez continuer, répondez simplement à ce message.
    [owing] Le règlement ne rétablit pas l’abonnement ; si vous souhaitez le reprendre, répondez simplement à ce message.
    [unknown] Si vous ne vous y attendiez pas, ou si vous souhaitez revenir, répondez simplement à ce message.
    [asked] Si vous souhaitez revenir un jour, une réponse à ce message suffit.
    [stays] Si nous pouvons améliorer quelque chose, un mot de réponse suffit.
   *[none] Si votre départ tient à quelque chose que nous pourrions améliorer, ou si vous souhaitez revenir un jour, un mot de réponse suffit.
}


## trial_ending

trial_ending-subject = Votre période d’essai se termine le { $day }
trial_ending-trial = { $named ->
    [yes] Votre période d’essai de l’offre { $plan }
   *[no] Votre période d’essai
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } se termine le { $day }. Le premier paiement, de { $amount }, est prévu ce jour-là, et aucun moyen de paiement n’est encore enregistré.
    [tax] { trial_ending-trial } se termine le { $day }. Le premier paiement, de { $amount } hors taxes, est prévu ce jour-là, et aucun moyen de paiement n’est encore enregistré.
   *[unknown] { trial_ending-trial } se termine le { $day }. Ensuite, votre abonnement sera payant, et aucun moyen de paiement n’est encore enregistré.
}
trial_ending-without = { $missing ->
    [cancel] Sans moyen de paiement, votre abonnement prend fin avec la période d’essai, et rien n’est débité.
   *[pause] Sans moyen de paiement, votre abonnement est mis en pause à la fin de la période d’essai, et rien n’est débité.
}
trial_ending-link = Pour continuer après la période d’essai, vous pouvez en ajouter un ici :
trial_ending-no-link = Pour continuer après la période d’essai, répondez simplement à ce message et nous vous enverrons un lien sécurisé pour en ajouter un. N’envoyez pas de données de carte par e-mail.
trial_ending-stop = { $missing ->
    [create_invoice] Si vous préférez arrêter, dites-le-nous avant cette date : un mot de réponse suffit.
   *[other] Si vous préférez arrêter, vous n’avez rien à faire.
}
