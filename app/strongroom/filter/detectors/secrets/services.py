# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Names of services that give out keys without a form of their own: a plain hexadecimal number or random letters.

Such a key is found by its service's name near by. Names that are also everyday words count only as a part of an
identifier (``LINEAR_API_KEY``), where the credential detector needs no list.
"""

import ahocorasick

from strongroom.filter.detectors.secrets.shapes import word_set

NAMES = word_set(
    """
    abstractapi abuseipdb accuweather activecampaign adafruit adobe adyen aftership agora ahrefs airbrake
    airship airtable aiven alchemy alchemyapi algolia alibaba alibabacloud alienvault aliyun alphavantage
    amadeus amplitude anthropic anypoint apideck apify apilayer apollo appcenter appcues appdynamics appfollow
    appsflyer appsync appveyor appwrite arcgis artifactory asana assemblyai atera atlassian auth0 authress
    autodesk autopilot aviationstack avalara axiom aylien azure backblaze bamboohr bandwidth baremetrics beamer
    beebole betterstack bigcommerce binance bingmaps bitfinex bitly bitmex bitrise bittrex blazemeter blockchair
    blockcypher blockfrost blogger blynk box braintree brandfetch braze brevo brightdata browserstack bugsnag
    buildkite bunnycdn buttercms bybit cal caldotcom calendarific calendly callrail cannyio capsulecrm captcha2
    carboninterface cashboard censys cerebras cexio chargebee chargify chartmogul checkly checkout checkvist
    cicero circleci cisco clarifai clearbit clickhouse clickhelp clicksend clicktime clickup cliengo clinchpad
    clockify clockwork clojars cloudant cloudconvert cloudelements cloudflare cloudimage cloudinary cloudmersive
    cloudsight cloudsmith cloudways cockroachlabs coda codacy codeclimate codecov codemagic codequiry cognito
    cohere coinapi coinbase coincap coingecko coinlayer coinlib coinmarketcap commercejs companyhub confluence
    confluent contentful contentstack convertkit convier copper couchbase countrylayer courier coveralls crates
    crowdin crowdstrike cryptocompare currencyapi currencycloud currencyfreaks currencylayer currencyscoop
    customerio d7network dailyco dandelion dareboost databox databricks datadog datagov dataloop debounce deepai
    deepgram deepl deepseek delighted demio deputy detectify detectlanguage deviantart dfuse diffbot digicert
    digitalocean diggernaut discord discogs discourse disqus ditto docker dockerhub docparser docusign doppler
    dotmailer dovico drift dronahq drone dropbox duffel dwolla dynalist dynatrace easyinsight easypost ebay
    edamam edenai elasticemail elastic elevenlabs emailoctopus enablex enigma eodhd etherscan etsy eventbrite
    everhour exchangerateapi exchangeratesapi facebook faceplusplus fastforex fastly fastspring feedly figma
    fileio finage financialmodelingprep finicity finnhub firebase firecrawl fireworks fitbit fixer fixerio
    flatio fleetbase flexport flickr flightapi flightlabs flightstats flutterwave formio formbucket foursquare
    frameio freshbooks freshdesk freshservice friendli front fullcontact fullstory fusebill gemini gengo
    geoapify geocode geocodify geocodio geoipify getgeoapi gatewayapi ghost giphy gitguardian gitea gitee gitter
    glassnode gocanvas gocardless godaddy goodday gong googlemaps graphcms graphhopper grafana greynoise groq
    groovehq gtmetrix guardianapi gumroad gyazo happyscribe harvest harness hasura heap hellosign helpcrunch
    helpscout here hereapi heroku hetzner hiveage holidayapi holistic honeybadger honeycomb hotjar hubspot
    huggingface humanity hunter hunterio hybris hypertrack iconfinder iexcloud ibmcloud imagekit imagga impala
    improvmx infobip infracost infura insightly instabot instagram instamojo instantly intercom interseller
    intrinio invoiceocean ionic ipapi ipdata ipgeolocation ipify ipinfo ipinfodb ipquality ipstack jenkins jina
    jira jotform jumpcloud jumpseller juro kaggle kanban karmacrm keenio keycdn kickbox klarna klaviyo knapsack
    koyeb kraken kucoin kairos kylas lacework langchain langfuse langsmith languagelayer lastfm launchdarkly
    leadfeeder lendflow lessannoyingcrm lemlist lemonsqueezy lexigram lichess linearapi linenotify linkedin
    linkpreview linode liveagent livestorm lob locationiq loggly loginradius logzio logdna lokalise looker
    loyverse luno macaddress mailboxlayer mailchimp mailerlite mailersend mailgun mailjet mailmodo mailsac
    mandrill mapbox mapquest marketstack mattermost mavenlink maxmind meaningcloud mediastack megaport meraki
    mercadopago mercury messagebird metaapi metabase metrilo mindmeister mistral mite mixpanel moderation mollie
    monday mongodb monkeylearn moonclerk moosend moralis mparticle mrticktock mux myfreshworks myintervals nasa
    nasdaq neon neo4j netlify netcore neutrinoapi newrelic newsapi newscatcher nexmo nftport nicereply nimble
    ngrok noticeable notion npmjs nozbeteams nugget numverify nutritionix nvidia nylas nytimes oanda octopus
    okta omnisend onedesk onelogin onepassword onesignal onwater oopspam opencagedata openai openaq openrouter
    opensea openuv opencage openweather openweathermap opsgenie optimizely orbit overloop owlbot packagecloud
    pagarme pagerduty pandadoc pandascore paperform paralleldots parsehub parsers parseur parsely partnerstack
    passbase pastebin paydirtapp paymo paymongo paypal paystack pdflayer pdfshift peopledatalabs pepipost percy
    perplexity persona phraseapp pinata pinboard pinecone pingdom pinterest pipedream pipedrive pivotaltracker
    pixabay plaid planetscale planyo planviewleankit planhat plivo podio poeditor polygon polygonio popio
    posthog postageapp postbacks postgrid postman postmark powrbot prefect printify printful prismic privateai
    prodpad prospectio protocolsio proxycrawl pubnub pulumi purestake pushbullet pushover pusher qase qdrant
    qualaroo qualtrics quickmetrics quaderno rapidapi rapyd ravenpack rawg razorpay readme reallysimplesystems
    rebrandly recaptcha recharge rechargepayments recruitee recurly reddit refiner rentman repairshopr replicate
    replyio requestfinance resend restpack retellai rev revenuecat ringcentral ritekit roaring roboflow rollbar
    rocketreach rubygems runpod runrunit salesblink salescookie salesflare salesforce salesloft salesmate
    saleslink sanity satismeter sauce saucelabs scaleway scalr scraperapi scraperbox scrapersite scrapestack
    scrapfly scrapingant scrapingbee screenshotapi screenshotlayer scrutinizerci securitytrails segment
    selectpdf semaphore sendbird sendgrid sendinblue sendpulse sentiment sentry serpapi serphouse serper
    sessionai settlemint shippo shipday shodan shopify shortcut shotstack shutterstock signable signalwire
    signaturit signupgenius sigopt sinch sirv siteleaf skrapp skybiometry slack smartsheet smartystreets smooch
    snipcart snowflake snyk solarwinds sonarcloud sonarqube sonar sourcegraph sparkpost spectralops splunk
    spoonacular sportradar sportsmonk spotify square squarespace squareup squidex sslmate stability stabilityai
    stackexchange stackhawk statuscake statuspage statuspal stitchdata stockdata storecove storyblok stormglass
    stormboard stytch strava streak stripe stripo studycom sugester sumologic supabase supernotes survicate
    surveyanyplace surveybot surveysparrow swell swiftype tableau tailscale tallyfy tatum tavily taxjar teamcity
    teamgate teamwork telegram telnyx telesign tencent terraform testingbot text2data textmagic theoddsapi
    thinkific thingsboard thousandeyes ticketmaster tickettailor tiingo timecamp timezoneapi tinybird tines
    tmetric todoist toggl togetherai tomorrowio tomtom tradier transferwise transifex travelpayouts travis
    travisci trello truenas twelvedata twilio twitch twitter tyntec typeform typetalk ubidots unifyid unplugg
    unsplash uplead uploadcare uptimerobot upcdatabase urlscan userflow userstack usersnap vagrantcloud vastai
    vatlayer vault vercel verifalia veriphone verimail versioneye viewneo virustotal visualcrossing voicegain
    volcengine voodoosms vouchery voyage voyageai vpnapi vultr vyte wakatime walkscore watson weatherapi
    weatherbit weatherstack webex webflow webscraper weightsandbiases wandb wepay whoxy wistia wit wiz
    woocommerce woopra workos workstack worldcoinindex worldweather wrike xata xero yahoo yandex yelp yext
    youneedabudget yousign youtube yuque zapier zapierwebhook zendesk zenkit zenrows zenscrape zenserp zeplin
    zerobounce zerotier zhipu zipapi zipbooks zipcodeapi zoho zohocrm zonkafeedback zoom zulip
    """
)

EVERYDAY_WORDS = word_set(
    """
    apollo autopilot axiom bandwidth box cal cicero checkout clockwork copper courier crates demio deputy ditto
    drift drone elastic enigma feedly front gemini ghost gong harvest harness heap here holistic hunter humanity
    impala instantly ionic kanban kraken lob macaddress mercury mite moderation monday mux neon nimble notion
    nugget orbit parsers percy persona polygon radar rev sanity sauce segment semaphore sentiment shortcut
    square stability streak swell tableau text2data travis vault voyage wit watson yahoo youtube facebook
    twitter instagram reddit pinterest ebay discord slack docker azure zoom teamwork geocode
    """
)


def services_in(text: str) -> set[str]:
    """Return the services whose names stand in ``text`` as words, or as words of an identifier."""
    found = set()
    for last, name in _AUTOMATON.iter(text.lower()):
        first, end = last + 1 - len(name), last + 1
        if _is_border(text, first) and _is_border(text, end):
            found.add(name)
    return found


def _is_border(text: str, at: int) -> bool:
    """Return whether a word can end before ``at`` and another one begin there."""
    if at in (0, len(text)) or not (text[at - 1].isalpha() and text[at].isalpha()):
        return True
    return text[at - 1].islower() and text[at].isupper()


def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for name in NAMES:
        automaton.add_word(name, name)
    automaton.make_automaton()
    return automaton


_AUTOMATON = _automaton()
