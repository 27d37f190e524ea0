# Les mots des mails aux clients, en français. La forme d’un tel fichier est expliquée dans en.ftl.


## letter

letter-greeting = Bonjour { $name },
letter-greeting-nameless = Bonjour,
letter-closing =
    Avec nos remerciements,
    { $company }
letter-closing-nameless = Avec nos remerciements.
letter-paid-already = Si vous avez déjà réglé, merci de ne pas tenir compte de ce message.

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


## card_update

card_update-payments = { $count ->
    [one] votre paiement de { $amounts }
   *[other] vos paiements de { $amounts }
}
card_update-subject = { $stage ->
    [last] { $count ->
        [one] Action requise : { card_update-payments } n’a pas pu être encaissé
       *[other] Action requise : { card_update-payments } n’ont pas pu être encaissés
    }
    [third] Action requise : le paiement de { $amounts } échoue toujours
    [second] { $count ->
        [one] Rappel : { card_update-payments } n’a pas abouti
       *[other] Rappel : { card_update-payments } n’ont pas abouti
    }
   *[first] { $count ->
        [one] Votre paiement de { $amounts } n’a pas abouti
       *[other] Vos paiements de { $amounts } n’ont pas abouti
    }
}
card_update-collect = { $part ->
    [rest] le solde de { $amount } de la facture { $number }
   *[whole] votre paiement de { $amount } pour la facture { $number }
}
card_update-failed = { $how ->
    [trial] Votre période d’essai est terminée et le premier paiement de votre abonnement, { $amount } pour la facture { $number }, n’a pas abouti
    [expired] Nous n’avons pas pu encaisser { card_update-collect }, car { letter-has-expired }
    [uncollected] Nous n’avons pas pu encaisser { card_update-collect }
    [repeated] Nous avons essayé { $attempt } fois d’encaisser { card_update-collect }, sans succès
    [returned] Votre banque a rejeté notre { letter-debit } de { $amount } pour la facture { $number }
    [second] Une deuxième tentative d’encaisser { card_update-collect } n’a pas abouti
    [declined] Votre banque a refusé le débit de { $amount } sur votre { letter-card } pour la facture { $number }
   *[other] { $part ->
        [rest] Le paiement du solde de { $amount } de la facture { $number } n’a pas abouti
       *[whole] Votre paiement de { $amount } pour la facture { $number } n’a pas abouti
    }
}
card_update-opening = { $then ->
    [ended] { card_update-failed }, et votre abonnement a pris fin. Le montant reste dû ; le régler ne relance pas l’abonnement. Si vous souhaitez continuer, répondez-nous simplement.
    [last] { card_update-failed }, et aucune autre tentative n’est prévue.
   *[open] { card_update-failed }.
}
card_update-several = { $expired ->
    [yes] Ces paiements, { $amounts } au total, n’ont pas abouti, car { letter-has-expired } :
   *[no] Ces paiements, { $amounts } au total, n’ont pas abouti :
}
card_update-line = • { $amount } pour la facture { $number }

card_update-link = { $method ->
    [card] Vous pouvez régler ou mettre à jour votre carte ici, en une minute :
   *[other] Vous pouvez régler ou changer de moyen de paiement ici, en une minute :
}
card_update-links = { $method ->
    [card] Vous pouvez les régler ou mettre à jour votre carte ici, en une minute :
   *[other] Vous pouvez les régler ou changer de moyen de paiement ici, en une minute :
}
card_update-no-link = { $method ->
    [card] Répondez à ce message et nous vous enverrons un lien sécurisé pour régler ou mettre à jour votre carte.
   *[other] Répondez à ce message et nous vous enverrons un lien sécurisé pour régler ou changer de moyen de paiement.
}
card_update-retry = { $method ->
    [card] Sinon, nous réessaierons avec votre carte le { $day }.
   *[other] Sinon, nous réessaierons avec votre moyen de paiement le { $day }.
}

card_update-note-subject = { $count ->
    [one] Votre paiement de { $amounts } pour la facture { $numbers }
   *[other] Vos paiements de { $amounts } pour les factures { $numbers }
}
card_update-note-payments = { $count ->
    [one] votre paiement de { $amounts } pour la facture { $numbers } n’a pas abouti
   *[other] vos paiements de { $amounts } pour les factures { $numbers } n’ont pas abouti
}
card_update-note = { $why ->
    [expired] Je tenais à vous écrire moi-même : { card_update-note-payments }, car { letter-has-expired }.
    [trial] Je tenais à vous écrire moi-même : { card_update-note-payments } à la fin de votre période d’essai.
    [debit] Je tenais à vous écrire moi-même : { card_update-note-payments } par { letter-debit }.
   *[other] Je tenais à vous écrire moi-même : { card_update-note-payments }.
}
card_update-note-ask = Y a-t-il de notre côté quelque chose qui bloque, comme un plafond, un bon de commande ou un nouveau contact pour les factures ? Un mot de réponse suffit, et je m’en occupe.
card_update-note-link = Voici la facture ; vous pouvez aussi la régler par un autre moyen :
card_update-note-ignore = Si le règlement est déjà en route, merci de ne pas tenir compte de ce message.


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] votre paiement de { $amount }
   *[other] vos paiements de { $amount }
}
authenticate_payment-subject = { $again ->
    [yes] Rappel : merci de confirmer { authenticate_payment-what }
   *[no] Merci de confirmer { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] Votre banque attend toujours que vous confirmiez le paiement de { $amount } pour la facture { $number }. D’ici là, il ne peut pas aboutir.
   *[no] Votre banque vous demande de confirmer le paiement de { $amount } pour la facture { $number }. C’est un contrôle de sécurité habituel ; le paiement aboutira dès que vous l’aurez confirmé.
}
authenticate_payment-several = { $again ->
    [yes] Votre banque attend toujours que vous confirmiez les paiements de { $amount } :
   *[no] Votre banque vous demande de confirmer les paiements de { $amount } :
}
authenticate_payment-line = • { $amount } pour la facture { $number }
authenticate_payment-several-why = { $again ->
    [yes] D’ici là, ils ne peuvent pas aboutir.
   *[no] C’est un contrôle de sécurité habituel ; les paiements aboutiront dès que vous les aurez confirmés.
}
authenticate_payment-link = Vous pouvez le confirmer ici, en une minute :
authenticate_payment-links = Vous pouvez les confirmer ici, en une minute :
authenticate_payment-no-link = Répondez à ce message et nous vous enverrons un lien sécurisé pour le confirmer.
authenticate_payment-ignore = Si vous avez déjà confirmé, merci de ne pas tenir compte de ce message.

authenticate_payment-verify-subject = Merci de vérifier votre compte bancaire pour votre paiement de { $amount }
authenticate_payment-verify = Votre paiement de { $amount } pour la facture { $number } attend que votre compte bancaire soit vérifié. Votre relevé bancaire indique pour cela un ou deux petits dépôts, ou un code.
authenticate_payment-verify-link = Vous pouvez les saisir ici :
authenticate_payment-verify-no-link = Pour toute question, répondez simplement à ce message.
authenticate_payment-verify-ignore = Si vous l’avez déjà vérifié, merci de ne pas tenir compte de ce message.


## card_expiring

card_expiring-subject = { $when ->
    [expired] Votre { letter-card } est arrivée à expiration
    [known] Votre { letter-card } expire fin { $month }
   *[soon] Votre { letter-card } expire bientôt
}
card_expiring-opening = { $when ->
    [expired] Votre { letter-card } est arrivée à expiration fin { $month }. Pour que vos paiements se poursuivent sans interruption, merci de nous indiquer la nouvelle dès que vous l’aurez.
    [known] Votre { letter-card } expire fin { $month }. Pour que vos paiements se poursuivent sans interruption, merci de nous indiquer la nouvelle dès que vous l’aurez.
   *[soon] Votre { letter-card } expire bientôt. Pour que vos paiements se poursuivent sans interruption, merci de nous indiquer la nouvelle dès que vous l’aurez.
}
card_expiring-next = Votre prochain paiement est prévu le { $day }.
card_expiring-link = Vous pouvez enregistrer la nouvelle carte ici, en une minute :
card_expiring-no-link = Répondez simplement à ce message et nous vous enverrons un lien sécurisé pour mettre à jour votre carte. Merci de ne pas envoyer de données de carte par mail.
card_expiring-ignore = Si vous l’avez déjà mise à jour, merci de ne pas tenir compte de ce message.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] Facture { $number } de { $amount }
        [last] Dernier rappel : facture { $number } de { $amount }
        [firm] En retard : facture { $number } de { $amount }, merci de la régler maintenant
        [ask] En retard : facture { $number } de { $amount }
       *[reminder] Rappel : facture { $number } de { $amount }
    }
   *[other] { $tone ->
        [note] { $count } factures, { $amount } au total
        [last] Dernier rappel : { $count } factures, { $amount } au total
        [firm] En retard : { $count } factures, { $amount } au total, merci de les régler maintenant
        [ask] En retard : { $count } factures, { $amount } au total
       *[reminder] Rappel : { $count } factures, { $amount } au total
    }
}
invoice_overdue-note = Je tenais à vous écrire moi-même.
invoice_overdue-opening = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] La facture { $number } de { $amount } était à régler au plus tard le { $day }, il y a { $days } jour, et nous n’avons pas encore reçu votre règlement.
           *[other] La facture { $number } de { $amount } était à régler au plus tard le { $day }, il y a { $days } jours, et nous n’avons pas encore reçu votre règlement.
        }
       *[today] La facture { $number } de { $amount } était à régler au plus tard le { $day }, et nous n’avons pas encore reçu votre règlement.
    }
   *[unknown] L’échéance de la facture { $number } de { $amount } est passée, et nous n’avons pas encore reçu votre règlement.
}
invoice_overdue-rest = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] Merci pour votre règlement de { $paid } sur la facture { $number }. Le solde de { $amount } était à régler au plus tard le { $day }, il y a { $days } jour.
           *[other] Merci pour votre règlement de { $paid } sur la facture { $number }. Le solde de { $amount } était à régler au plus tard le { $day }, il y a { $days } jours.
        }
       *[today] Merci pour votre règlement de { $paid } sur la facture { $number }. Le solde de { $amount } était à régler au plus tard le { $day }.
    }
   *[unknown] Merci pour votre règlement de { $paid } sur la facture { $number }. L’échéance du solde de { $amount } est passée.
}
invoice_overdue-slipped = Il s’agit peut-être d’un simple oubli.
invoice_overdue-several = L’échéance de ces factures est passée, et nous n’avons pas encore reçu votre règlement :
invoice_overdue-line = { $due ->
    [known] • { $number } : { $amount }, échéance le { $day }
   *[unknown] • { $number } : { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number } : { $amount } (après votre règlement de { $paid }), échéance le { $day }
   *[unknown] • { $number } : { $amount } (après votre règlement de { $paid })
}
invoice_overdue-ended = Votre abonnement a pris fin ; cette facture, qui porte sur la période précédente, reste due.
invoice_overdue-link = Vous pouvez la consulter et la régler ici :
invoice_overdue-links = Vous pouvez les consulter et les régler ici :
invoice_overdue-no-link = Répondez à ce message si vous avez de nouveau besoin de la facture ou de nos coordonnées bancaires.
invoice_overdue-close = { $tone ->
    [note] Y a-t-il de notre côté quelque chose qui retarde le règlement, comme un bon de commande, une validation ou un nouveau contact pour les factures ? Un mot de réponse suffit, et je m’en occupe.
    [last] { $count ->
        [one] Merci de la régler dans les sept jours, ou de nous dire d’ici là ce qui l’empêche ; nous préférons trouver une solution avec vous plutôt que de transmettre le dossier.
       *[other] Merci de les régler dans les sept jours, ou de nous dire d’ici là ce qui l’empêche ; nous préférons trouver une solution avec vous plutôt que de transmettre le dossier.
    }
    [firm] Merci d’effectuer le règlement cette semaine, ou de nous indiquer la date à laquelle nous pouvons l’attendre. Si vous contestez un point de la facture, dites-nous lequel.
    [ask] Pourriez-vous nous dire quand nous pouvons attendre le règlement ? Si un point de la facture n’est pas clair, répondez à ce message et nous verrons cela ensemble.
   *[reminder] Si un point de la facture n’est pas clair, répondez simplement à ce message.
}


## save_offer

save_offer-ends = { $when ->
    [known] { $kind ->
        [trial] Votre période d’essai prend fin le { $day }
       *[only] Votre abonnement prend fin le { $day }
    }
   *[unknown] { $kind ->
        [trial] Votre période d’essai va prendre fin
       *[only] Votre abonnement va prendre fin
    }
}
save_offer-subject = { $asks ->
    [yes] { save_offer-ends } : pouvons-nous vous demander pourquoi ?
   *[no] { save_offer-ends }
}
save_offer-opening = { $kind ->
    [trial] { $when ->
        [known] Nous avons vu que vous avez résilié votre période d’essai. Elle prend fin le { $day } et ne deviendra pas un abonnement payant.
       *[unknown] Nous avons vu que vous avez résilié votre période d’essai. Elle ne deviendra pas un abonnement payant.
    }
    [one] { $when ->
        [known] { $named ->
            [yes] Nous avons vu que l’un de vos abonnements, { $plan }, prend fin le { $day }.
           *[no] Nous avons vu que l’un de vos abonnements prend fin le { $day }.
        }
       *[unknown] { $named ->
            [yes] Nous avons vu que vous avez résilié l’un de vos abonnements, { $plan }.
           *[no] Nous avons vu que vous avez résilié l’un de vos abonnements.
        }
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
    [switched_service] Vous nous avez dit que vous avez trouvé un autre service
    [unused] Vous nous avez dit que vous ne vous en serviez pas assez
    [customer_service] Vous nous avez dit que notre service n’a pas été à la hauteur
    [too_complex] Vous nous avez dit que c’était trop compliqué
   *[low_quality] Vous nous avez dit que la qualité n’a pas été à la hauteur
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
    [missing_features] { save_offer-reason }. Quelle fonction était-ce ? Un mot de réponse suffit, et cela nous aide à progresser.
    [switched_service] { save_offer-reason }. Que fait-il mieux pour vous ? Un mot de réponse suffit, et cela nous aide à progresser.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Nous en sommes désolés.
    [too_complex] { save_offer-reason }. Qu’est-ce qui vous a gêné ? Un mot de réponse suffit, et cela nous aide à progresser.
   *[low_quality] { save_offer-reason }. Nous en sommes désolés. Qu’est-ce qui n’a pas fonctionné ? Un mot de réponse suffit, et cela nous aide à progresser.
}
save_offer-answer-trial = Y avez-vous trouvé ce que vous cherchiez ? Un mot de réponse suffit, et cela nous aide à progresser.
save_offer-offer = { $reason ->
    [too_expensive] S’il existe des conditions auxquelles cela en vaudrait encore la peine pour vous, répondez à ce message et nous verrons ce que nous pouvons faire.
    [missing_features] Si vous souhaitez savoir si c’est prévu, répondez simplement à ce message.
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
save_offer-offer-trial = Si un peu plus de temps pour l’essayer vous aiderait, répondez simplement à ce message.
save_offer-until = Jusqu’au { $day }, rien ne change.
save_offer-behind = Un point reste ouvert : le dernier paiement n’a pas encore abouti.
save_offer-open-one = Un point reste ouvert :
save_offer-open-several = Ces paiements restent ouverts :
save_offer-open-line = { $due ->
    [known] { $amount } de la facture { $number }, à régler au plus tard le { $day }.
   *[unknown] { $amount } de la facture { $number }, dont le paiement n’a pas abouti.
}
save_offer-open-link = Vous pouvez la régler ici :
save_offer-rest = { $rest ->
    [behind] Pour le reste, vous n’avez rien d’autre à faire.
    [silent] Si votre décision est prise, vous n’avez rien d’autre à faire.
   *[other] Sinon, vous n’avez rien d’autre à faire.
}


## subscription_ended

subscription_ended-subject = { subscription_ended-what } a pris fin le { $day }
subscription_ended-what = { $kind ->
    [named] Votre abonnement { $plan }
    [one] L’un de vos abonnements
   *[only] Votre abonnement
}
subscription_ended-opening = { $why ->
    [unpaid] { subscription_ended-what } a pris fin le { $day }, car son paiement n’a pas pu être encaissé.
   *[other] { subscription_ended-what } a pris fin le { $day }.
}
subscription_ended-thanks = Merci d’avoir été parmi nos clients depuis { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] S’il existe des conditions auxquelles il en vaudrait de nouveau la peine pour vous, répondez à ce message et nous verrons ce que nous pouvons faire.
    [missing_features] Si vous souhaitez savoir si c’est prévu, répondez simplement à ce message.
    [switched_service] S’il ne vous convenait finalement pas, vous serez toujours le bienvenu : une réponse à ce message suffit.
    [unused] Si vous en avez de nouveau besoin un jour, une réponse à ce message suffit.
    [customer_service] S’il reste quelque chose à résoudre, répondez à ce message et nous nous en occuperons.
    [too_complex] Si vous souhaitez réessayer avec notre aide, répondez simplement à ce message.
    [low_quality] S’il reste quelque chose à résoudre, répondez à ce message et nous nous en occuperons.
    [unpaid] Si vous souhaitez continuer, répondez simplement à ce message.
    [unknown] Si vous ne vous y attendiez pas, ou si vous souhaitez revenir, répondez simplement à ce message.
    [asked] Si vous souhaitez revenir un jour, une réponse à ce message suffit.
    [stays] Si nous pouvons corriger quelque chose, une ligne en réponse suffit.
   *[none] Si vous êtes parti pour une raison que nous pourrions corriger, ou si vous souhaitez revenir un jour, une ligne en réponse suffit.
}


## trial_ending

trial_ending-subject = Votre période d’essai se termine le { $day }
trial_ending-trial = { $named ->
    [yes] Votre période d’essai de { $plan }
   *[no] Votre période d’essai
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } se termine le { $day }. Le premier paiement, { $amount }, est prévu ce jour-là, et aucun moyen de paiement n’est encore enregistré.
    [tax] { trial_ending-trial } se termine le { $day }. Le premier paiement, { $amount } hors taxes, est prévu ce jour-là, et aucun moyen de paiement n’est encore enregistré.
   *[unknown] { trial_ending-trial } se termine le { $day }. Ensuite votre abonnement est payant, et aucun moyen de paiement n’est encore enregistré.
}
trial_ending-without = { $missing ->
    [cancel] Sans moyen de paiement, votre abonnement prend fin avec la période d’essai, et rien n’est débité.
   *[pause] Sans moyen de paiement, votre abonnement est mis en pause à la fin de la période d’essai, et rien n’est débité.
}
trial_ending-link = Pour continuer après la période d’essai, vous pouvez en ajouter un ici :
trial_ending-no-link = Pour continuer après la période d’essai, répondez simplement à ce message et nous vous enverrons un lien sécurisé pour en ajouter un. N’envoyez pas de données de carte par e-mail.
trial_ending-stop = { $missing ->
    [create_invoice] Si vous préférez arrêter, dites-le-nous avant ce jour : une ligne en réponse suffit.
   *[other] Si vous préférez arrêter, vous n’avez rien à faire.
}
