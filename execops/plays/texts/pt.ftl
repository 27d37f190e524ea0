# As palavras dos e-mails aos clientes, em português. A forma de um arquivo destes está explicada em en.ftl.


## letter

letter-greeting = Olá, { $name },
letter-greeting-nameless = Olá,
letter-closing =
    Muito obrigado,
    { $company }
letter-closing-nameless = Muito obrigado.
letter-paid-already = Se já efetuou o pagamento, desconsidere este e-mail.

letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] débito bancário
    [ach_debit] débito bancário
    [au_becs_debit] débito bancário
    [bacs_debit] débito bancário
    [nz_bank_account] débito bancário
    [sepa_debit] débito SEPA
    [us_bank_account] débito bancário
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] transferência bancária
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] método de pagamento
}
letter-card = { $named ->
    [none] cartão
    [card] cartão { $brand }
   *[brand] cartão { $brand }
}{ $ending ->
    [none] { "" }
   *[other] { " " }com final { $ending }
}{ $wallet ->
    [none] { "" }
   *[other] { " " }em { $wallet }
}
letter-debit = { $method ->
    [sepa_debit] débito SEPA
    [acss_debit] débito bancário
    [ach_debit] débito bancário
    [au_becs_debit] débito bancário
    [bacs_debit] débito bancário
    [nz_bank_account] débito bancário
    [us_bank_account] débito bancário
   *[other] pedido de pagamento
}
letter-your-method = { $method ->
    [card] o seu { letter-card }
   *[other] o seu método de pagamento
}


## card_update

card_update-payments = { $count ->
    [one] o seu pagamento de { $amounts }
   *[other] os seus pagamentos de { $amounts }
}
card_update-subject = { $stage ->
    [last] Ação necessária: não conseguimos cobrar { card_update-payments }
    [third] Ação necessária: o pagamento de { $amounts } continua sem ser concluído
    [second] { $count ->
        [one] Lembrete: { card_update-payments } não foi concluído
       *[other] Lembrete: { card_update-payments } não foram concluídos
    }
   *[first] { $count ->
        [one] O seu pagamento de { $amounts } não foi concluído
       *[other] Os seus pagamentos de { $amounts } não foram concluídos
    }
}
card_update-collect = { $part ->
    [rest] o valor restante de { $amount } da fatura { $number }
   *[whole] o seu pagamento de { $amount } da fatura { $number }
}
card_update-failed = { $how ->
    [trial] O seu período de teste terminou e o primeiro pagamento da assinatura, { $amount } da fatura { $number }, não foi concluído
    [expired] Não conseguimos cobrar { card_update-collect }, porque { letter-your-method } expirou
    [uncollected] Não conseguimos cobrar { card_update-collect }
    [repeated] Já tentamos { $attempt } vezes cobrar { card_update-collect }, sem sucesso
    [returned] O seu banco devolveu o nosso { letter-debit } de { $amount } da fatura { $number }
    [second] Uma segunda tentativa de cobrar { card_update-collect } também não teve sucesso
    [declined] O seu banco recusou a cobrança de { $amount } no seu { letter-card } referente à fatura { $number }
   *[other] { $part ->
        [rest] O pagamento do valor restante de { $amount } da fatura { $number } não foi concluído
       *[whole] O seu pagamento de { $amount } da fatura { $number } não foi concluído
    }
}
card_update-opening = { $then ->
    [ended] { card_update-failed }, e a sua assinatura terminou. O valor continua em aberto; pagá-lo não reativa a assinatura. Se desejar continuar, responda a este e-mail.
    [last] { card_update-failed }, e não está prevista nenhuma outra tentativa.
   *[open] { card_update-failed }.
}
card_update-several = { $expired ->
    [yes] Estes pagamentos, { $amounts } no total, não foram concluídos, porque { letter-your-method } expirou:
   *[no] Estes pagamentos, { $amounts } no total, não foram concluídos:
}
card_update-line = • { $amount } da fatura { $number }

card_update-link = { $method ->
    [card] Pode pagar ou atualizar o seu cartão aqui, em um minuto:
   *[other] Pode pagar ou alterar o seu método de pagamento aqui, em um minuto:
}
card_update-links = { $method ->
    [card] Pode pagá-los ou atualizar o seu cartão aqui, em um minuto:
   *[other] Pode pagá-los ou alterar o seu método de pagamento aqui, em um minuto:
}
card_update-no-link = { $method ->
    [card] Responda a este e-mail e enviaremos um link seguro para pagar ou atualizar o seu cartão.
   *[other] Responda a este e-mail e enviaremos um link seguro para pagar ou alterar o seu método de pagamento.
}
card_update-retry = { $method ->
    [card] Caso contrário, tentaremos novamente com o seu cartão em { $day }.
   *[other] Caso contrário, tentaremos novamente com o seu método de pagamento em { $day }.
}

card_update-note-subject = { $count ->
    [one] O seu pagamento de { $amounts } da fatura { $numbers }
   *[other] Os seus pagamentos de { $amounts } das faturas { $numbers }
}
card_update-note-payments = { $count ->
    [one] o seu pagamento de { $amounts } da fatura { $numbers } não foi concluído
   *[other] os seus pagamentos de { $amounts } das faturas { $numbers } não foram concluídos
}
card_update-note = { $why ->
    [expired] Quis escrever-lhe pessoalmente: { card_update-note-payments }, porque { letter-your-method } expirou.
    [trial] Quis escrever-lhe pessoalmente: { card_update-note-payments } no final do seu período de teste.
    [debit] Quis escrever-lhe pessoalmente: { card_update-note-payments } por { letter-debit }.
   *[other] Quis escrever-lhe pessoalmente: { card_update-note-payments }.
}
card_update-note-ask = Há algo da nossa parte que impeça o pagamento, como um limite, uma ordem de compra ou um novo responsável pelas faturas? Basta uma linha de resposta, e eu resolvo.
card_update-note-link = Aqui está a fatura; também pode pagá-la de outra forma:
card_update-note-ignore = Se o pagamento já está a caminho, desconsidere este e-mail.


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] o seu pagamento de { $amount }
   *[other] os seus pagamentos de { $amount }
}
authenticate_payment-subject = { $again ->
    [yes] Lembrete: confirme { authenticate_payment-what }
   *[no] Confirme { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] O seu banco ainda aguarda que confirme o pagamento de { $amount } da fatura { $number }. Até lá, ele não pode ser concluído.
   *[no] O seu banco pede que confirme o pagamento de { $amount } da fatura { $number }. É uma verificação de segurança habitual; o pagamento é concluído assim que o confirmar.
}
authenticate_payment-several = { $again ->
    [yes] O seu banco ainda aguarda que confirme os pagamentos de { $amount }:
   *[no] O seu banco pede que confirme os pagamentos de { $amount }:
}
authenticate_payment-line = • { $amount } da fatura { $number }
authenticate_payment-several-why = { $again ->
    [yes] Até lá, eles não podem ser concluídos.
   *[no] É uma verificação de segurança habitual; os pagamentos são concluídos assim que os confirmar.
}
authenticate_payment-link = Pode confirmá-lo aqui, em um minuto:
authenticate_payment-links = Pode confirmá-los aqui, em um minuto:
authenticate_payment-no-link = Responda a este e-mail e enviaremos um link seguro para o confirmar.
authenticate_payment-ignore = Se já confirmou, desconsidere este e-mail.

authenticate_payment-verify-subject = Verifique a sua conta bancária para o pagamento de { $amount }
authenticate_payment-verify = O seu pagamento de { $amount } da fatura { $number } aguarda a verificação da sua conta bancária. No seu extrato encontrará, para isso, um ou dois pequenos depósitos, ou um código.
authenticate_payment-verify-link = Pode informá-los aqui:
authenticate_payment-verify-no-link = Em caso de dúvida, responda a este e-mail.
authenticate_payment-verify-ignore = Se já a verificou, desconsidere este e-mail.


## card_expiring

card_expiring-subject = { $when ->
    [expired] O seu { letter-card } expirou
    [known] O seu { letter-card } expira no final de { $month }
   *[soon] O seu { letter-card } expira em breve
}
card_expiring-opening = { $when ->
    [expired] O seu { letter-card } expirou no final de { $month }. Para que os seus pagamentos continuem sem interrupção, informe-nos o novo assim que o tiver.
    [known] O seu { letter-card } expira no final de { $month }. Para que os seus pagamentos continuem sem interrupção, informe-nos o novo assim que o tiver.
   *[soon] O seu { letter-card } expira em breve. Para que os seus pagamentos continuem sem interrupção, informe-nos o novo assim que o tiver.
}
card_expiring-next = O seu próximo pagamento está previsto para { $day }.
card_expiring-link = Pode adicionar o novo cartão aqui, em um minuto:
card_expiring-no-link = Responda a este e-mail e enviaremos um link seguro para atualizar o seu cartão. Por favor, não envie dados do cartão por e-mail.
card_expiring-ignore = Se já o atualizou, desconsidere este e-mail.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] Fatura { $number } de { $amount }
        [last] Último lembrete: fatura { $number } de { $amount }
        [firm] Vencida: fatura { $number } de { $amount }, pedimos que pague agora
        [ask] Vencida: fatura { $number } de { $amount }
       *[reminder] Lembrete: fatura { $number } de { $amount }
    }
   *[other] { $tone ->
        [note] { $count } faturas, { $amount } no total
        [last] Último lembrete: { $count } faturas, { $amount } no total
        [firm] Vencidas: { $count } faturas, { $amount } no total, pedimos que pague agora
        [ask] Vencidas: { $count } faturas, { $amount } no total
       *[reminder] Lembrete: { $count } faturas, { $amount } no total
    }
}
invoice_overdue-note = Quis escrever-lhe pessoalmente.
invoice_overdue-opening = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] A fatura { $number } de { $amount } venceu em { $day }, há { $days } dia, e ainda não recebemos o seu pagamento.
           *[other] A fatura { $number } de { $amount } venceu em { $day }, há { $days } dias, e ainda não recebemos o seu pagamento.
        }
       *[today] A fatura { $number } de { $amount } venceu em { $day }, e ainda não recebemos o seu pagamento.
    }
   *[unknown] A fatura { $number } de { $amount } está vencida, e ainda não recebemos o seu pagamento.
}
invoice_overdue-rest = { $due ->
    [known] { $since ->
        [days] { $days ->
            [one] Obrigado pelo pagamento de { $paid } da fatura { $number }. O valor restante de { $amount } venceu em { $day }, há { $days } dia.
           *[other] Obrigado pelo pagamento de { $paid } da fatura { $number }. O valor restante de { $amount } venceu em { $day }, há { $days } dias.
        }
       *[today] Obrigado pelo pagamento de { $paid } da fatura { $number }. O valor restante de { $amount } venceu em { $day }.
    }
   *[unknown] Obrigado pelo pagamento de { $paid } da fatura { $number }. O valor restante de { $amount } está vencido.
}
invoice_overdue-slipped = Talvez tenha simplesmente passado despercebida.
invoice_overdue-several = Estas faturas estão vencidas, e ainda não recebemos o seu pagamento:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, vencimento em { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (após o seu pagamento de { $paid }), vencimento em { $day }
   *[unknown] • { $number }: { $amount } (após o seu pagamento de { $paid })
}
invoice_overdue-ended = A sua assinatura terminou; esta fatura, referente ao período anterior, continua em aberto.
invoice_overdue-link = Pode vê-la e pagá-la aqui:
invoice_overdue-links = Pode vê-las e pagá-las aqui:
invoice_overdue-no-link = Responda a este e-mail se precisar novamente da fatura ou dos nossos dados bancários.
invoice_overdue-close = { $tone ->
    [note] Há algo da nossa parte que atrase o pagamento, como uma ordem de compra, uma aprovação ou um novo responsável pelas faturas? Basta uma linha de resposta, e eu resolvo.
    [last] { $count ->
        [one] Pedimos que a pague nos próximos sete dias, ou que nos diga até lá o que o impede; preferimos encontrar uma solução em conjunto a entregar o assunto a terceiros.
       *[other] Pedimos que as pague nos próximos sete dias, ou que nos diga até lá o que o impede; preferimos encontrar uma solução em conjunto a entregar o assunto a terceiros.
    }
    [firm] Pedimos que efetue o pagamento esta semana, ou que nos indique a data em que podemos esperá-lo. Se contesta algo na fatura, diga-nos o quê.
    [ask] Pode dizer-nos quando podemos esperar o pagamento? Se algo na fatura não estiver claro, responda a este e-mail e esclarecemos.
   *[reminder] Se algo na fatura não estiver claro, responda a este e-mail.
}


## save_offer

save_offer-ends = { $when ->
    [known] { $kind ->
        [trial] O seu período de teste termina em { $day }
       *[only] A sua assinatura termina em { $day }
    }
   *[unknown] { $kind ->
        [trial] O seu período de teste vai terminar
       *[only] A sua assinatura vai terminar
    }
}
save_offer-subject = { $asks ->
    [yes] { save_offer-ends }: podemos perguntar o motivo?
   *[no] { save_offer-ends }
}
save_offer-opening = { $kind ->
    [trial] { $when ->
        [known] Vimos que cancelou o seu período de teste. Ele termina em { $day } e não se tornará uma assinatura paga.
       *[unknown] Vimos que cancelou o seu período de teste. Ele não se tornará uma assinatura paga.
    }
    [one] { $when ->
        [known] { $named ->
            [yes] Vimos que uma das suas assinaturas, { $plan }, termina em { $day }.
           *[no] Vimos que uma das suas assinaturas termina em { $day }.
        }
       *[unknown] { $named ->
            [yes] Vimos que cancelou uma das suas assinaturas, { $plan }.
           *[no] Vimos que cancelou uma das suas assinaturas.
        }
    }
   *[only] { $when ->
        [known] Vimos que a sua assinatura termina em { $day }.
       *[unknown] Vimos que cancelou a sua assinatura.
    }
}
save_offer-thanks = Obrigado pela confiança desde { $month }.
save_offer-reason = { $reason ->
    [too_expensive] Disse-nos que o motivo é o preço
    [missing_features] Disse-nos que faltava alguma coisa
    [switched_service] Disse-nos que encontrou outro serviço
    [unused] Disse-nos que não o usava o suficiente
    [customer_service] Disse-nos que o nosso atendimento ficou aquém
    [too_complex] Disse-nos que era demasiado complicado
   *[low_quality] Disse-nos que a qualidade ficou aquém
}
save_offer-comment = { $reason ->
    [none] Escreveu: { $comment } Obrigado por nos dizer.
    [customer_service] Lamentamos. { save_offer-reason }, e escreveu: { $comment } Obrigado por nos dizer.
    [low_quality] Lamentamos. { save_offer-reason }, e escreveu: { $comment } Obrigado por nos dizer.
   *[other] { save_offer-reason }, e escreveu: { $comment } Obrigado por nos dizer.
}
save_offer-answer = { $reason ->
    [none] Pode dizer-nos o que o levou a decidir? Basta uma linha de resposta, e ajuda-nos a melhorar.
    [too_expensive] { save_offer-reason }. Obrigado pela franqueza.
    [missing_features] { save_offer-reason }. Que função era? Basta uma linha de resposta, e ajuda-nos a melhorar.
    [switched_service] { save_offer-reason }. Em que ele é melhor? Basta uma linha de resposta, e ajuda-nos a melhorar.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Lamentamos.
    [too_complex] { save_offer-reason }. Onde encontrou dificuldades? Basta uma linha de resposta, e ajuda-nos a melhorar.
   *[low_quality] { save_offer-reason }. Lamentamos. O que não funcionou? Basta uma linha de resposta, e ajuda-nos a melhorar.
}
save_offer-answer-trial = Fazia o que procurava? Basta uma linha de resposta, e ajuda-nos a melhorar.
save_offer-offer = { $reason ->
    [too_expensive] Se houver condições em que ainda valeria a pena, responda a este e-mail e veremos o que podemos fazer.
    [missing_features] Se quiser saber se está previsto, responda a este e-mail.
    [switched_service] Se afinal não for o que procura, teremos todo o gosto em recebê-lo de volta.
    [unused] { $pause ->
        [yes] Se preferir pausar a assinatura por algum tempo em vez de a terminar, responda a este e-mail.
       *[no] Se quiser conversar sobre isso, responda a este e-mail.
    }
    [customer_service] Se ainda houver algo por resolver, responda a este e-mail e resolveremos, quer fique, quer não.
    [too_complex] Se quiser que vejamos isso em conjunto antes de terminar, responda a este e-mail.
    [low_quality] Se ainda houver algo por resolver, responda a este e-mail e resolveremos, quer fique, quer não.
   *[other] { $pause ->
        [yes] Se quiser conversar sobre isso, ou pausar a assinatura por algum tempo em vez de a terminar, responda a este e-mail.
       *[no] Se quiser conversar sobre isso, responda a este e-mail.
    }
}
save_offer-offer-trial = Se mais tempo para experimentar ajudasse, responda a este e-mail.
save_offer-until = Até { $day }, tudo pode continuar como está.
save_offer-behind = Falta uma coisa: o último pagamento ainda não foi concluído.
save_offer-open-one = Falta uma coisa:
save_offer-open-several = Faltam alguns pagamentos:
save_offer-open-line = { $due ->
    [known] { $amount } da fatura { $number }, que venceu em { $day }.
   *[unknown] { $amount } da fatura { $number }, cujo pagamento não foi concluído.
}
save_offer-open-link = Pode pagá-la aqui:
save_offer-rest = { $rest ->
    [behind] De resto, não precisa fazer mais nada.
    [silent] Se a sua decisão está tomada, não precisa fazer mais nada.
   *[other] De resto, não precisa fazer nada.
}


## subscription_ended

subscription_ended-subject = { subscription_ended-what } terminou em { $day }
subscription_ended-what = { $kind ->
    [named] A sua assinatura de { $plan }
    [one] Uma das suas assinaturas
   *[only] A sua assinatura
}
subscription_ended-opening = { $why ->
    [unpaid] { subscription_ended-what } terminou em { $day }, porque não foi possível cobrar o pagamento.
   *[other] { subscription_ended-what } terminou em { $day }.
}
subscription_ended-thanks = Obrigado pela confiança desde { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] Se houver condições em que voltaria a valer a pena, responda a este e-mail e veremos o que podemos fazer.
    [missing_features] Se quiser saber se está previsto, responda a este e-mail.
    [switched_service] Se afinal não for o que procura, teremos todo o gosto em recebê-lo de volta: basta responder a este e-mail.
    [unused] Se um dia voltar a precisar, basta responder a este e-mail.
    [customer_service] Se ainda houver algo por resolver, responda a este e-mail e resolveremos.
    [too_complex] Se quiser experimentar de novo com a nossa ajuda, responda a este e-mail.
    [low_quality] Se ainda houver algo por resolver, responda a este e-mail e resolveremos.
    [unpaid] Se desejar continuar, responda a este e-mail.
    [unknown] Se não esperava isto, ou se quiser voltar, responda a este e-mail.
    [asked] Se um dia quiser voltar, basta responder a este e-mail.
    [stays] Se houver algo que possamos melhorar, basta uma linha de resposta.
   *[none] Se saiu por algo que possamos corrigir, ou se um dia quiser voltar, basta uma linha de resposta.
}


## trial_ending

trial_ending-subject = O seu período de teste termina em { $day }
trial_ending-trial = { $named ->
    [yes] O seu período de teste de { $plan }
   *[no] O seu período de teste
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } termina em { $day }. O primeiro pagamento, { $amount }, é devido nesse dia, e ainda não há um método de pagamento para ele.
    [tax] { trial_ending-trial } termina em { $day }. O primeiro pagamento, { $amount } mais impostos, é devido nesse dia, e ainda não há um método de pagamento para ele.
   *[unknown] { trial_ending-trial } termina em { $day }. Depois disso a sua assinatura é cobrada, e ainda não há um método de pagamento para ela.
}
trial_ending-without = { $missing ->
    [cancel] Sem ele, a sua assinatura termina com o teste, e nada é cobrado.
   *[pause] Sem ele, a sua assinatura fica em pausa no final do teste, e nada é cobrado.
}
trial_ending-link = Para continuar depois do teste, pode adicionar um aqui:
trial_ending-no-link = Para continuar depois do teste, responda a este e-mail e enviaremos um link seguro para adicionar um. Por favor, não envie dados do cartão por e-mail.
trial_ending-stop = { $missing ->
    [create_invoice] Se preferir não continuar, diga-nos antes desse dia: basta uma linha de resposta.
   *[other] Se preferir não continuar, não precisa fazer nada.
}
