"""How the sessions of the tests plan."""

# A worker soon stops planning the statements that it runs again and again. A session of a test lives for a second, and would
# spend half of it on plans.
PLANS = " -c plan_cache_mode=force_generic_plan"
