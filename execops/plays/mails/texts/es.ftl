# Las palabras de los correos a clientes, en español. La forma de un archivo así se explica en en.ftl.


## letter

letter-greeting = Hola, { $name }:
letter-greeting-company = { letter-greeting }
letter-greeting-nameless = Hola:
letter-closing =
    Muchas gracias,
    { $company }
letter-closing-nameless = Muchas gracias.
letter-paid-already = Si ya ha pagado, no tenga en cuenta este correo.

letter-page = { $number }: { $link }

letter-method = { $method ->
    [card] { letter-card }
    [acss_debit] adeudo bancario
    [ach_debit] adeudo bancario
    [au_becs_debit] adeudo bancario
    [bacs_debit] adeudo bancario
    [nz_bank_account] adeudo bancario
    [sepa_debit] adeudo SEPA
    [us_bank_account] adeudo bancario
    [amazon_pay] Amazon Pay
    [cashapp] Cash App Pay
    [customer_balance] transferencia bancaria
    [link] Link
    [paypal] PayPal
    [revolut_pay] Revolut Pay
   *[other] método de pago
}
letter-card = { $named ->
    [none] tarjeta
    [card] tarjeta { $brand }
   *[brand] tarjeta { $brand }
}{ $ending ->
    [none] { "" }
   *[other] { " " }terminada en { $ending }
}{ $wallet ->
    [none] { "" }
   *[other] { " " }en { $wallet }
}
# Un adeudo; cualquier otro método es un cobro. Ambos son masculinos.
letter-debit = { $method ->
    [sepa_debit] adeudo SEPA
    [acss_debit] adeudo bancario
    [ach_debit] adeudo bancario
    [au_becs_debit] adeudo bancario
    [bacs_debit] adeudo bancario
    [nz_bank_account] adeudo bancario
    [us_bank_account] adeudo bancario
   *[other] cobro
}
letter-has-expired = { $method ->
    [card] su { letter-card } ha caducado
   *[other] su método de pago ha caducado
}
letter-closing-signed =
    Muchas gracias y un cordial saludo,
    { $signer }
    { $company }
letter-closing-signed-only =
    Muchas gracias y un cordial saludo,
    { $signer }
letter-personal = Quería escribirle personalmente.
letter-quote = { $end ->
    [own] «{ $words }»
   *[none] «{ $words }».
}
letter-payment = { $method ->
    [amazon_pay] pago con Amazon Pay
    [cashapp] pago con Cash App Pay
    [link] pago con Link
    [paypal] pago con PayPal
    [revolut_pay] pago con Revolut Pay
   *[other] pago
}
letter-price = { $every ->
    [year] { $price } al año
   *[month] { $price } al mes
}
letter-subscription = { $kind ->
    [named] Su suscripción «{ $plan }»
    [priced] Su suscripción de { letter-price }
    [one] Una de sus suscripciones
   *[only] Su suscripción
}
letter-staying = { $count ->
    [one] Su otra suscripción continúa.
   *[other] Sus demás suscripciones continúan.
}


## card_update

card_update-payments = { $count ->
    [one] su pago de { $amounts }
   *[other] sus { $count } pagos, { $amounts } en total
}
card_update-subject = { $stage ->
    [last] Acción necesaria: no hemos podido cobrar { card_update-payments }
    [third] { $count ->
        [one] Acción necesaria: el pago de { $amounts } sigue sin completarse
       *[other] Acción necesaria: { $count } pagos siguen sin completarse, { $amounts } en total
    }
    [second] { $count ->
        [one] Recordatorio: { card_update-payments } no se ha completado
       *[other] Recordatorio: { card_update-payments }, no se han completado
    }
   *[first] { $count ->
        [one] Su pago de { $amounts } no se ha completado
       *[other] Sus { $count } pagos, { $amounts } en total, no se han completado
    }
}
card_update-collect = { $part ->
    [rest] el importe pendiente de { $amount } de la factura { $number }
   *[whole] su { letter-payment } de { $amount } por la factura { $number }
}
card_update-failed = { $how ->
    [trial] Su período de prueba ha terminado y el primer pago de su suscripción, { $amount } por la factura { $number }, no se ha completado
    [expired] No hemos podido cobrar { card_update-collect }, porque { letter-has-expired }
    [uncollected] No hemos podido cobrar { card_update-collect }
    [repeated] Tras { $attempt } intentos, no hemos podido cobrar { card_update-collect }
    [returned] Su banco ha devuelto nuestro { letter-debit } { card_update-amount } por la factura { $number }
    [second] Tampoco en un segundo intento hemos podido cobrar { card_update-collect }
    [declined] Su banco ha rechazado el cargo { card_update-amount } en su { letter-card } por la factura { $number }
   *[other] { $part ->
        [rest] El pago del importe pendiente de { $amount } de la factura { $number } no se ha completado
       *[whole] Su { letter-payment } de { $amount } por la factura { $number } no se ha completado
    }
}
card_update-opening = { $then ->
    [last] { card_update-failed }, y no está previsto ningún otro intento.
   *[open] { card_update-failed }.
}
card_update-bank = Su banco ha rechazado el cargo.
card_update-returned = { $why ->
    [closed] Según el banco, la cuenta está cerrada.
    [unknown] Según el banco, la cuenta no existe.
    [blocked] Según el banco, la cuenta no admite adeudos en este momento.
    [limit] Según el banco, el importe supera un límite de la cuenta.
    [holder] Según el banco, el nombre del titular de la cuenta no coincide.
   *[mandate] Según el banco, el adeudo no está autorizado.
}
card_update-hint = { $why ->
    [another] Le rogamos que utilice otra tarjeta, ya que es probable que el banco vuelva a rechazar esta.
    [details] Es posible que los datos de la tarjeta no sean correctos: le rogamos que compruebe el número, la fecha de caducidad y el código de seguridad.
    [address] Es posible que la dirección de facturación registrada no sea correcta: le rogamos que compruebe el código postal.
    [ask] Su banco puede indicarle el motivo.
   *[stopped] Según el banco, los pagos a nuestro favor se han detenido.
}
card_update-stopped = Si lo ha solicitado usted, responda a este correo y díganos cómo desea continuar.
card_update-on-file = { $method ->
    [card] La tarjeta registrada es su { letter-card }.
   *[other] La cuenta registrada termina en { $ending }.
}
card_update-several = { $expired ->
    [yes] Estos pagos, { $amounts } en total, no se han completado, porque { letter-has-expired }:
   *[no] Estos pagos, { $amounts } en total, no se han completado:
}
card_update-line = • { $amount } por la factura { $number }

card_update-link = { $page ->
    [portal] { $method ->
        [card] Puede iniciar sesión aquí para pagar o actualizar su tarjeta:
       *[other] Puede iniciar sesión aquí para pagar o cambiar su método de pago:
    }
   *[invoice] { $method ->
        [card] Puede pagar la factura o actualizar su tarjeta aquí, en un minuto:
       *[other] Puede pagar la factura o cambiar su método de pago aquí, en un minuto:
    }
}
card_update-links = { $method ->
    [card] Puede pagar las facturas o actualizar su tarjeta aquí, en un minuto:
   *[other] Puede pagar las facturas o cambiar su método de pago aquí, en un minuto:
}
card_update-no-link = { $method ->
    [card] Responda a este correo y le enviaremos un enlace seguro para pagar o actualizar su tarjeta.
   *[other] Responda a este correo y le enviaremos un enlace seguro para pagar o cambiar su método de pago.
}
card_update-retry = { $method ->
    [card] Si no, volveremos a intentarlo con su tarjeta el { $day }.
   *[other] Si no, volveremos a intentarlo con su método de pago el { $day }.
}

card_update-note-subject = { $count ->
    [one] Su pago de { $amounts } por la factura { $numbers } no se ha completado
   *[other] Sus pagos por las facturas { $numbers }, { $amounts } en total, no se han completado
}
card_update-note-payments = { $count ->
    [one] Su { letter-payment } de { $amounts } por la factura { $numbers } no se ha completado
   *[other] Sus pagos por las facturas { $numbers }, { $amounts } en total, no se han completado
}
card_update-note = { $why ->
    [expired] { card_update-note-payments }, porque { letter-has-expired }.
    [trial] { card_update-note-payments } al final de su período de prueba.
    [debit] { $count ->
        [one] El { letter-method } de { $amounts } por la factura { $numbers } no se ha completado.
       *[other] { card_update-note-payments }.
    }
   *[other] { card_update-note-payments }.
}
card_update-note-ask = { $by ->
    [person] ¿Puedo ayudarle en algo, por ejemplo { card_update-note-such }? Basta con una línea de respuesta y me ocuparé de ello.
   *[company] ¿Podemos ayudarle en algo, por ejemplo { card_update-note-such }? Basta con una línea de respuesta y nos ocuparemos de ello.
}
card_update-note-link = { $page ->
    [portal] Puede iniciar sesión aquí para ver la factura; también puede pagarla de otra forma:
   *[invoice] Aquí está la factura; también puede pagarla de otra forma:
}
card_update-note-ignore = { $count ->
    [one] Si el pago ya está en camino, no tenga en cuenta este correo.
   *[other] Si los pagos ya están en camino, no tenga en cuenta este correo.
}
card_update-amount = { $part ->
    [rest] del importe pendiente de { $amount }
   *[whole] de { $amount }
}
card_update-note-such = { $method ->
    [card] con el límite de la tarjeta, un número de pedido que falte o un nuevo contacto de facturación
   *[other] con un número de pedido que falte, una aprobación o un nuevo contacto de facturación
}


## authenticate_payment

authenticate_payment-what = { $count ->
    [one] su pago de { $amount }
   *[other] sus { $count } pagos, { $amount } en total
}
authenticate_payment-subject = { $again ->
    [yes] Recordatorio: le rogamos que confirme { authenticate_payment-what }
   *[no] Le rogamos que confirme { authenticate_payment-what }
}
authenticate_payment-opening = { $again ->
    [yes] Su banco sigue esperando a que confirme el pago de { $amount } por la factura { $number }. Hasta entonces no se puede completar.
   *[no] Su banco le pide que confirme el pago de { $amount } por la factura { $number }. Es un control de seguridad habitual; el pago podrá completarse en cuanto lo confirme.
}
authenticate_payment-several = { $again ->
    [yes] Su banco sigue esperando a que confirme { $count } pagos, { $amount } en total:
   *[no] Su banco le pide que confirme { $count } pagos, { $amount } en total:
}
authenticate_payment-line = • { $amount } por la factura { $number }
authenticate_payment-several-why = { $again ->
    [yes] Hasta entonces no se pueden completar.
   *[no] Es un control de seguridad habitual; los pagos podrán completarse en cuanto los confirme.
}
authenticate_payment-link = { $page ->
    [portal] { $count ->
        [one] Puede iniciar sesión aquí para confirmarlo:
       *[other] Puede iniciar sesión aquí para confirmarlos:
    }
   *[invoice] { $count ->
        [one] Puede confirmarlo aquí, en un minuto:
       *[other] Puede confirmarlos aquí, en un minuto:
    }
}
authenticate_payment-links = Puede confirmarlos aquí, en un minuto:
authenticate_payment-no-link = { $count ->
    [one] Responda a este correo y le enviaremos un enlace seguro para confirmarlo.
   *[other] Responda a este correo y le enviaremos enlaces seguros para confirmarlos.
}
authenticate_payment-ignore = { $count ->
    [one] Si ya lo ha confirmado, no tenga en cuenta este correo.
   *[other] Si ya los ha confirmado, no tenga en cuenta este correo.
}

authenticate_payment-verify-subject = { $what ->
    [setup] Falta verificar su cuenta bancaria
   *[payment] Falta verificar su cuenta bancaria para su pago de { $amount }
}
authenticate_payment-verify-what = { $what ->
    [invoice] Su pago de { $amount } por la factura { $number } podrá realizarse en cuanto se verifique su cuenta bancaria.
    [payment] Su pago de { $amount } podrá realizarse en cuanto se verifique su cuenta bancaria.
   *[setup] Su cuenta bancaria podrá utilizarse para sus pagos en cuanto esté verificada.
}
authenticate_payment-verify = { authenticate_payment-verify-what } En su extracto encontrará para ello uno o dos pequeños ingresos, o un ingreso con un código.
authenticate_payment-verify-arrives = Llegarán a más tardar el { $day }.
authenticate_payment-verify-link = { $page ->
    [portal] Puede iniciar sesión aquí para introducir los importes o el código:
   *[invoice] Puede introducir los importes o el código aquí:
}
authenticate_payment-verify-no-link = Si tiene alguna pregunta, responda a este correo.
authenticate_payment-verify-ignore = Si ya ha verificado su cuenta, no tenga en cuenta este correo.


## card_expiring

card_expiring-subject = { $when ->
    [expired] Su { letter-card } ha caducado
    [known] Su { letter-card } caduca a finales de { $month }
   *[soon] Su { letter-card } caduca pronto
}
card_expiring-opening = { $when ->
    [expired] Su { letter-card } caducó a finales de { $month }. Para que sus pagos continúen sin interrupción, registre su nueva tarjeta en cuanto la tenga.
    [known] Su { letter-card } caduca a finales de { $month }. Para que sus pagos continúen sin interrupción, registre su nueva tarjeta en cuanto la tenga.
   *[soon] Su { letter-card } caduca pronto. Para que sus pagos continúen sin interrupción, registre su nueva tarjeta en cuanto la tenga.
}
card_expiring-next = { $next ->
    [first] Su primer pago de { $amount } está previsto para el { $day }, al final de su período de prueba.
    [known] Su próximo pago de { $amount } está previsto para el { $day }.
   *[unknown] Su próximo pago está previsto para el { $day }.
}
card_expiring-link = Puede iniciar sesión aquí para registrar la nueva tarjeta:
card_expiring-no-link = Responda a este correo y le enviaremos un enlace seguro para actualizar su tarjeta. Por favor, no envíe datos de la tarjeta por correo electrónico.
card_expiring-ignore = Si ya la ha actualizado, no tenga en cuenta este correo.


## invoice_overdue

invoice_overdue-subject = { $count ->
    [one] { $tone ->
        [note] { $part ->
            [rest] { $amount } pendientes de la factura { $number }
           *[whole] Factura { $number } por { $amount }
        }
        [last] Último recordatorio: { invoice_overdue-what }
        [firm] Pago vencido: { invoice_overdue-what }
        [ask] Pago vencido: { invoice_overdue-what }
       *[reminder] Recordatorio: { invoice_overdue-what }
    }
   *[other] { $tone ->
        [note] { $count } facturas, { $amount } en total
        [last] Último recordatorio: { $count } facturas, { $amount } en total
        [firm] Pago vencido: { $count } facturas, { $amount } en total
        [ask] Pago vencido: { $count } facturas, { $amount } en total
       *[reminder] Recordatorio: { $count } facturas, { $amount } en total
    }
}
invoice_overdue-opening = { $due ->
    [known] La factura { $number } por { $amount } vencía el { $day }, y todavía no hemos recibido su pago.
   *[unknown] La factura { $number } por { $amount } ha vencido, y todavía no hemos recibido su pago.
}
invoice_overdue-rest = { $due ->
    [known] Gracias por su pago de { $paid } de la factura { $number }. El importe pendiente de { $amount } vencía el { $day }.
   *[unknown] Gracias por su pago de { $paid } de la factura { $number }. El importe pendiente de { $amount } ha vencido.
}
invoice_overdue-credited = De este importe ya se ha descontado un abono de { $credit }.
invoice_overdue-slipped = Quizá simplemente se haya pasado por alto.
invoice_overdue-several = Estas facturas han vencido, y estos importes siguen pendientes:
invoice_overdue-line = { $due ->
    [known] • { $number }: { $amount }, con vencimiento el { $day }
   *[unknown] • { $number }: { $amount }
}
invoice_overdue-line-rest = { $due ->
    [known] • { $number }: { $amount } (tras su pago de { $paid }), con vencimiento el { $day }
   *[unknown] • { $number }: { $amount } (tras su pago de { $paid })
}
invoice_overdue-ended = { $count ->
    [one] Su suscripción ha terminado; esta factura sigue pendiente.
   *[other] Su suscripción ha terminado; estas facturas siguen pendientes.
}
invoice_overdue-link = { $page ->
    [portal] { $count ->
        [one] { $part ->
            [rest] Puede iniciar sesión aquí para ver la factura y pagar el resto:
           *[whole] Puede iniciar sesión aquí para verla y pagarla:
        }
       *[other] Puede iniciar sesión aquí para verlas y pagarlas:
    }
   *[invoice] { $count ->
        [one] { $part ->
            [rest] Puede ver la factura y pagar el resto aquí:
           *[whole] Puede verla y pagarla aquí:
        }
       *[other] Puede verlas y pagarlas aquí:
    }
}
invoice_overdue-links = Puede verlas y pagarlas aquí:
invoice_overdue-no-link = Responda a este correo si necesita de nuevo la factura o nuestros datos bancarios.
invoice_overdue-close = { $tone ->
    [note] { $by ->
        [person] ¿Hay algo que retrase el pago y en lo que pueda ayudarle, como un número de pedido que falte, una aprobación o un nuevo contacto de facturación? Basta con una línea de respuesta y me ocuparé de ello.
       *[company] ¿Hay algo que retrase el pago y en lo que podamos ayudarle, como un número de pedido que falte, una aprobación o un nuevo contacto de facturación? Basta con una línea de respuesta y nos ocuparemos de ello.
    }
    [last] { $count ->
        [one] { $part ->
            [rest] Le rogamos que pague el resto en los próximos siete días, o que nos diga antes qué se lo impide; preferimos encontrar una solución con usted antes que iniciar otras gestiones.
           *[whole] Le rogamos que la pague en los próximos siete días, o que nos diga antes qué se lo impide; preferimos encontrar una solución con usted antes que iniciar otras gestiones.
        }
       *[other] Le rogamos que las pague en los próximos siete días, o que nos diga antes qué se lo impide; preferimos encontrar una solución con usted antes que iniciar otras gestiones.
    }
    [firm] { $count ->
        [one] Le rogamos que realice el pago esta semana, o que nos indique en qué fecha podemos contar con él. Si no está conforme con algo de la factura, díganos con qué.
       *[other] Le rogamos que realice el pago esta semana, o que nos indique en qué fecha podemos contar con él. Si no está conforme con algo de las facturas, díganos con qué.
    }
    [ask] { $count ->
        [one] ¿Podría decirnos en qué fecha podemos contar con el pago? Si algo de la factura no está claro, responda a este correo y lo aclararemos.
       *[other] ¿Podría decirnos en qué fecha podemos contar con el pago? Si algo de las facturas no está claro, responda a este correo y lo aclararemos.
    }
   *[reminder] { $count ->
        [one] Si algo de la factura no está claro, no dude en responder a este correo.
       *[other] Si algo de las facturas no está claro, no dude en responder a este correo.
    }
}
invoice_overdue-what = { $part ->
    [rest] { $amount } pendientes de la factura { $number }
   *[whole] factura { $number } por { $amount }
}


## save_offer

save_offer-ends = { $when ->
    [known] { $what ->
        [trial] Su período de prueba termina el { $day }
       *[only] { letter-subscription } termina el { $day }
    }
   *[unknown] { $what ->
        [trial] Su período de prueba va a terminar
       *[only] { letter-subscription } va a terminar
    }
}
save_offer-subject = { $asks ->
    [yes] { $what ->
        [trial] Ha cancelado su período de prueba: ¿podemos preguntarle por qué?
       *[only] { save_offer-ends }: ¿podemos preguntarle por qué?
    }
   *[no] { save_offer-ends }
}
save_offer-opening = { $what ->
    [trial] { $when ->
        [known] Hemos visto que ha cancelado su período de prueba. Termina el { $day } y no se convertirá en una suscripción de pago.
       *[unknown] Hemos visto que ha cancelado su período de prueba. No se convertirá en una suscripción de pago.
    }
    [one] { $when ->
        [known] Hemos recibido su cancelación. { letter-subscription } termina el { $day }.
       *[unknown] Hemos recibido su cancelación. { letter-subscription } va a terminar.
    }
   *[only] { $when ->
        [known] Hemos visto que su suscripción termina el { $day }.
       *[unknown] Hemos visto que ha cancelado su suscripción.
    }
}
save_offer-thanks = Gracias por confiar en nosotros desde { $month }.
save_offer-reason = { $reason ->
    [too_expensive] Nos ha dicho que el motivo era el precio
    [missing_features] Nos ha dicho que le faltaba algo
    [switched_service] Nos ha dicho que había encontrado otro servicio
    [unused] Nos ha dicho que no lo usaba lo suficiente
    [customer_service] Nos ha dicho que nuestra atención al cliente no estuvo a la altura
    [too_complex] Nos ha dicho que era demasiado complicado
   *[low_quality] Nos ha dicho que la calidad no estuvo a la altura
}
save_offer-comment = { $reason ->
    [none] Nos ha escrito: { $comment } Gracias por contárnoslo.
    [customer_service] Lo sentimos. { save_offer-reason }, y ha escrito: { $comment } Gracias por contárnoslo.
    [low_quality] Lo sentimos. { save_offer-reason }, y ha escrito: { $comment } Gracias por contárnoslo.
   *[other] { save_offer-reason }, y ha escrito: { $comment } Gracias por contárnoslo.
}
save_offer-answer = { $reason ->
    [none] ¿Nos diría qué le ha llevado a decidirlo? Basta con una línea de respuesta, y nos ayuda a mejorar.
    [too_expensive] { save_offer-reason }. Gracias por su franqueza.
    [missing_features] { save_offer-reason }. ¿Qué función echó en falta? Basta con una línea de respuesta, y nos ayuda a mejorar.
    [switched_service] { save_offer-reason }. ¿Qué le ofrece que no encontró con nosotros? Basta con una línea de respuesta, y nos ayuda a mejorar.
    [unused] { save_offer-reason }.
    [customer_service] { save_offer-reason }. Lo sentimos.
    [too_complex] { save_offer-reason }. ¿Dónde encontró dificultades? Basta con una línea de respuesta, y nos ayuda a mejorar.
   *[low_quality] { save_offer-reason }. Lo sentimos. ¿Qué falló? Basta con una línea de respuesta, y nos ayuda a mejorar.
}
save_offer-answer-trial = ¿Encontró lo que buscaba? Basta con una línea de respuesta, y nos ayuda a mejorar.
save_offer-offer = { $reason ->
    [too_expensive] Si hay condiciones en las que todavía le merecería la pena, responda a este correo y veremos qué podemos hacer.
    [missing_features] Si quiere saber en qué punto estamos, responda a este correo.
    [switched_service] Si al final no le convence, nos alegrará que vuelva.
    [unused] { $pause ->
        [yes] Si prefiere pausar la suscripción un tiempo en lugar de darla de baja, responda a este correo.
       *[no] Si quiere comentarlo, responda a este correo.
    }
    [customer_service] Si queda algo por resolver, responda a este correo y nos ocuparemos de ello, tanto si se queda como si no.
    [too_complex] Si quiere que lo veamos juntos antes, responda a este correo.
    [low_quality] Si queda algo por resolver, responda a este correo y nos ocuparemos de ello, tanto si se queda como si no.
   *[other] { $pause ->
        [yes] Si quiere comentarlo, o pausar la suscripción un tiempo en lugar de darla de baja, responda a este correo.
       *[no] Si quiere comentarlo, responda a este correo.
    }
}
save_offer-offer-trial = Si desea más tiempo para probarlo, responda a este correo.
save_offer-until = Hasta el { $day } no cambia nada.
save_offer-behind = Queda una cosa pendiente: el último pago todavía no se ha completado.
save_offer-open-one = Quedan por pagar
save_offer-open-several = Quedan algunos pagos pendientes:
save_offer-open-line = { $due ->
    [known] { $amount } de la factura { $number }, que vencía el { $day }.
   *[unknown] { $amount } de la factura { $number }; el pago no se ha completado.
}
save_offer-open-link = Puede pagarla aquí:
save_offer-rest = { $rest ->
    [behind] Por lo demás, no tiene que hacer nada más.
    [silent] Si su decisión es firme, no tiene que hacer nada más.
   *[other] Por lo demás, no tiene que hacer nada.
}


## subscription_ended

subscription_ended-subject = { letter-subscription } terminó el { $day }
subscription_ended-opening = { $why ->
    [unpaid] { letter-subscription } terminó el { $day }, porque no pudimos cobrar el pago.
   *[other] { letter-subscription } terminó el { $day }.
}
subscription_ended-owed = De la factura { $number } quedan pendientes { $amount }.
subscription_ended-thanks = Gracias por haber confiado en nosotros desde { $month }.
subscription_ended-back = { $reason ->
    [too_expensive] Si hay condiciones en las que le volvería a merecer la pena, responda a este correo y veremos qué podemos hacer.
    [missing_features] Si quiere saber en qué punto estamos, responda a este correo.
    [switched_service] Si al final no le convence, nos alegrará que vuelva: basta con responder a este correo.
    [unused] Si algún día vuelve a necesitarlo, basta con responder a este correo.
    [customer_service] Si queda algo por resolver, responda a este correo y nos ocuparemos de ello.
    [too_complex] Si quiere probarlo de nuevo con nuestra ayuda, responda a este correo.
    [low_quality] Si queda algo por resolver, responda a este correo y nos ocuparemos de ello.
    [unpaid] Si desea continuar, responda a este correo.
    [owing] El pago no reactiva la suscripción; si desea continuar, responda a este correo.
    [unknown] Si no lo esperaba, o si quiere volver, responda a este correo.
    [asked] Si algún día quiere volver, basta con responder a este correo.
    [stays] Si hay algo que podamos mejorar, basta con una línea de respuesta.
   *[none] Si se ha ido por algo que podamos mejorar, o si algún día quiere volver, basta con una línea de respuesta.
}


## trial_ending

trial_ending-subject = Su período de prueba termina el { $day }
trial_ending-trial = { $named ->
    [yes] Su período de prueba de «{ $plan }»
   *[no] Su período de prueba
}
trial_ending-opening = { $first ->
    [whole] { trial_ending-trial } termina el { $day }. El primer pago, de { $amount }, vence ese día, y todavía no hay ningún método de pago registrado.
    [tax] { trial_ending-trial } termina el { $day }. El primer pago, de { $amount } más impuestos, vence ese día, y todavía no hay ningún método de pago registrado.
   *[unknown] { trial_ending-trial } termina el { $day }. Después se cobrará su suscripción, y todavía no hay ningún método de pago registrado.
}
trial_ending-without = { $missing ->
    [cancel] Sin un método de pago, su suscripción termina con la prueba y no se cobra nada.
   *[pause] Sin un método de pago, su suscripción queda en pausa al terminar la prueba y no se cobra nada.
}
trial_ending-link = Para continuar después de la prueba, puede añadir uno aquí:
trial_ending-no-link = Para continuar después de la prueba, responda a este correo y le enviaremos un enlace seguro para añadir uno. Por favor, no envíe datos de la tarjeta por correo electrónico.
trial_ending-stop = { $missing ->
    [create_invoice] Si prefiere no continuar, díganoslo antes de esa fecha: basta con una línea de respuesta.
   *[other] Si prefiere no continuar, no tiene que hacer nada.
}
