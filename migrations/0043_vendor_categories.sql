-- The category of well-known vendors, for the spend by category. A vendor who is not here is uncategorised, never guessed.
create table vendor_categories (
    vendor   text primary key check (vendor = lower(vendor)),
    category text not null
);

insert into vendor_categories (vendor, category)
select unnest(string_to_array(vendors, '|')), category
from (values
    ('hosting', 'aws|amazon web services|google cloud|gcp|microsoft azure|azure|hetzner|hetzner online|digitalocean|'
                'vercel|netlify|heroku|render|fly.io|railway|cloudflare|fastly|ovh|ovhcloud|scaleway|linode|akamai|'
                'vultr|supabase|neon|planetscale|mongodb|mongodb atlas|snowflake|databricks|upstash'),
    ('software', 'github|gitlab|atlassian|jira|slack|figma|notion|linear|zoom|google workspace|microsoft 365|'
                 'microsoft|adobe|dropbox|1password|asana|airtable|miro|canva|loom|calendly|typeform|intercom|'
                 'zendesk|hubspot|salesforce|pipedrive|jetbrains|sentry|datadog|new relic|grafana labs|pagerduty|'
                 'postman|docusign|zapier|twilio|sendgrid|mailchimp|postmark|segment|mixpanel|amplitude|posthog|'
                 'retool|grammarly|deepl|monday.com|clickup|trello|webflow|circleci|docker|snyk|okta|auth0|vanta'),
    ('ai', 'openai|anthropic|mistral|mistral ai|cohere|hugging face|replicate|midjourney|elevenlabs|perplexity|cursor'),
    ('payroll', 'gusto|deel|rippling|remote.com|remote|adp|paychex|justworks|personio|payfit|oyster|trinet'),
    ('office', 'wework|regus|industrious|spaces|mindspace|ikea|office depot|staples'),
    ('advertising', 'google ads|meta ads|facebook ads|facebook|meta|linkedin|linkedin ads|twitter ads|x ads|'
                    'tiktok ads|reddit ads|microsoft advertising|bing ads'),
    ('travel', 'delta air lines|united airlines|american airlines|lufthansa|ryanair|easyjet|british airways|'
               'air france|klm|airbnb|booking.com|expedia|uber|lyft|bolt|deutsche bahn|sncf|eurostar|marriott|hilton'),
    ('finance', 'stripe|quickbooks|intuit|xero|datev|carta|pilot|bench|brex|ramp|mercury|wise|paypal|pleo|spendesk'),
    ('insurance', 'vouch|embroker|hiscox|allianz|axa|next insurance'),
    ('telecom', 'vodafone|deutsche telekom|telekom|o2|at&t|verizon|t-mobile|comcast|orange')
) as known (category, vendors);

-- The largest movements of a currency, without sorting a year of them.
create index transactions_largest on transactions (org_id, currency, (abs(amount_minor)) desc, occurred_at desc);
