# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""The published forms of providers' keys and tokens that begin with something of their own.

One line a form: the provider, the beginnings, what follows, and a confidence where it is not the usual one. The forms
are from the providers' public documentation and from keys in their own examples. ``<A>`` stands for ASCII letters and
digits, ``<L>`` for small letters and digits, ``<W>`` for letters, digits, _ and -, ``<H>`` for hexadecimal digits in
either case, ``<B>`` for base64's alphabet, ``<D>`` for digits, ``<U>`` for a UUID.
"""

CODE_AND_MODELS = r"""
adafruit            aio_                            <A>{28}
age                 AGE-SECRET-KEY-1                [A-Z0-9]{58}
alibaba_cloud       LTAI                            <A>{12,20}
anthropic           sk-ant-                         (?:api|admin|sid|oat|ort)[0-9]{2}-<W>{80,110}AA
apify               apify_api_                      <A>{30,40}
artifactory         AKCp                            <A>{65,75}
artifactory         cmVmdGtu cmVmd                  <A>{56,68}
atlassian           ATATT3 ATCTT3 ATSTT3            <W>{60,250}=?<H>{0,8}
bitbucket           ATBB                            <A>{24,32}(?:<H>{8})?
buildkite           bkua_ bkct_ bkaj_ bkpi_ bkpat_  <A>{32,64}
cerebras            csk-                            <L>{40,60}
circleci            CCIPAT_ CCIPRJ_                 <W>{15,30}_<H>{40}
clojars             CLOJARS_                        <L>{60}
contentful          CFPAT-                          <W>{43}
crates_io           cio                             <A>{32}
databricks          dapi dkea dose                  <H>{32}(?:-[0-9])?
deepseek            sk-                             <H>{32}
dependency_track    odt_                            (?:<A>{8}_)?<A>{32,40}
docker              dckr_pat_ dckr_oat_             <W>{26,40}
doppler             dp.pt. dp.ct. dp.sa. dp.scim. dp.audit. dp.said. <A>{40,44}
doppler             dp.st.                          (?:[a-z0-9_-]{2,35}\.)?<A>{40,44}
e2b                 e2b_                            <H>{40}
elevenlabs          sk_                             <H>{48}
figma               figd_ figu_ figo_ figor_        <W>{38,52}
firecrawl           fc-                             <H>{32}
flyio               fo1_                            <W>{43}
flyio               fm1r_ fm1a_ fm2_                <B>{100,900}={0,3}
friendli            flp_                            <A>{40,52}
gitea               gta_                            <H>{40}
github              ghp_ gho_ ghu_ ghs_             <A>{36,255}
github              ghr_                            <A>{36,255}
github              github_pat_                     <A>{22}_<A>{59}
gitlab              glpat- glptt- gldt- glrt- glcbt- glagent- <W>{20,64}(?:\.<W>{2,20}){0,2}
gitlab              glffct- glimt- glft- glsoat- gloas- glwt- <W>{20,64}(?:\.<W>{2,20}){0,2}
gitlab              GR1348941                       <W>{20}
gitlab              _gitlab_session=                <L>{32}
google              AIza                            <W>{35}
google              GOCSPX-                         <W>{28}
google              ya29.                           <W>{20,900}
google              1//0                            <W>{40,120}
google              4/0A                            <W>{50,90}                              0.75
google              AQ.Ab                           <W>{40,60}
groq                gsk_                            <A>{48,60}
harness             pat.                            <W>{22}\.<H>{24}\.<A>{20}
huggingface         hf_                             <A>{34,40}
huggingface         api_org_                        <A>{34}
infracost           ico-                            <A>{32}
jina                jina_                           <A>{50,64}
langfuse            sk-lf- pk-lf-                   <U>
langsmith           lsv2_pt_ lsv2_sk_               <H>{32}_<H>{10}
langsmith           ls__                            <H>{32}
launchdarkly        sdk- mob- api-                  <U>
linear              lin_api_ lin_oauth_             <A>{40,64}
llama_cloud         llx-                            <A>{40,60}
notion              ntn_                            <D>{11}<A>{35}
notion              secret_                         <A>{43}
npm                 npm_                            <A>{36}
nuget               oy2                             <L>{43}
nvidia              nvapi-                          <W>{60,70}
openai              sk-                             <A>{20}T3BlbkFJ<A>{20}
openai              sk-proj- sk-svcacct- sk-admin- sk-None- <W>{20,90}T3BlbkFJ<W>{20,90}
openai              sk-proj- sk-svcacct- sk-admin-  <W>{40,180}
openai              sk-                             <A>{40,52}                              0.85
openrouter          sk-or-v1-                       <H>{64}
openshift           sha256~                         <W>{43}
packagist           packagist_ort_ packagist_ack_ packagist_uut_ <H>{68}
perplexity          pplx-                           <A>{40,60}
pinecone            pcsk_                           <A>{5,6}_<A>{60,66}
posthog             phc_ phx_ phs_                  <A>{40,60}
postman             PMAK-                           <H>{24}-<H>{34}
pypi                pypi-AgE                        <W>{50,1000}
qdrant              eyJhcGlfa2V5                    <W>{30,200}
readme              rdme_                           <L>{70}
replicate           r8_                             <W>{37}
rubygems            rubygems_                       <H>{48}
runpod              rpa_                            [A-Z0-9]{40,50}<L>{0,8}
sambanova           snova_                          <A>{30,60}
sidekiq             BUNDLE_ENTERPRISE__CONTRIBSYS__COM BUNDLE_GEMS__CONTRIBSYS__COM \s?[=:]\s?[\"']?<H>{8}:<H>{8}
sonar               squ_ sqp_ sqa_                  <A>{40}
sourcegraph         sgp_                            (?:<H>{16}_|local_)?<H>{40}
sourcegraph         slk_                            <H>{64}
stackhawk           hawk.                           <W>{20}\.<W>{20}
supabase            sbp_ sbp_oauth_                 <H>{40}
supabase            sb_secret_ sb_publishable_      <W>{20,50}
tavily              tvly-                           (?:dev-|prod-)?<A>{32}
together            tgp_v1_                         <W>{40,50}
vercel              vcp_ vci_ vca_ vcr_ vck_        <A>{24,60}
voyage              pa-                             <W>{43}
weights_and_biases  wandb_v1_                       <W>{40,100}
xai                 xai-                            <A>{70,90}
"""

CLOUD_AND_OPERATIONS = r"""
aiven               AVNS_                           <W>{16,24}
appsync             da2-                            <L>{26}
aws                 AKIA ASIA ABIA ACCA AGPA AIDA AROA AIPA ANPA ANVA [A-Z0-9]{16}
aws                 A3T                             [A-Z0-9]{17}
aws                 ABSK                            <B>{109,269}={0,2}
aws                 bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t <B>{20,900}={0,2}
aws                 amzn.mws.                       <U>
aws                 FwoGZXIvYXdz IQoJb3JpZ2lu      <B>{100,1000}={0,2}
authress            sc_ ext_ scauth_ authress_      <L>{5,30}\.<L>{4,6}\.(?:acc)?[_-]?<L>{10,32}\.<B>{30,120}={0,2}
azure  ~  [A-Za-z0-9~._-]{31,34}  0.95  [A-Za-z0-9~._-]{3}[0-9]Q
azure               AccountKey=                     <B>{60,90}={0,2}
azure               SharedAccessKey=                <B>{40,90}={0,2}
azure               SharedAccessSignature=          [A-Za-z0-9%&=._~+/?:-]{40,400}
azure               ;Secret=                        <B>{40,90}={0,2}
azure               ?sig= &sig=                     [A-Za-z0-9%+/_-]{40,64}={0,2}
boundary            at_                             <A>{10}_<W>{60,300}
checkly             cu_                             <H>{32}
clickhouse          4b1d                            <A>{38}
cloudflare          v1.0-                           <H>{24}-<H>{146}
cloudflare          cfut_ cfat_ cfk_                <W>{30,60}
cloudinary          cloudinary://                   <D>{6,20}:<W>{20,40}@<W>{2,40}
cockroachdb         CCDB1_                          <A>{22}_<A>{40}
confluent           cflt                            <B>{60}
dbt                 dbtc_ dbtu_ dbts_               <W>{30,50}=?
digitalocean        dop_v1_ doo_v1_ dor_v1_         <H>{64}
dynatrace           dt0c01. dt0s01. dt0s02. dt0s08. dt0s16. [A-Z0-9]{24}\.[A-Z0-9]{64}
endor_labs          endr+                           <W>{16}
grafana             glc_                            (?:eyJ<B>{30,400}|<A>{40,400})[={}\"|]{0,3}
grafana             glsa_                           <A>{32}_<H>{8}
grafana             eyJrIjoi                        <B>{40,300}={0,3}
hashicorp_terraform .atlasv1.                       <W>{60,70}                              0.95  <A>{14}
hashicorp_vault     hvs. hvb. hvr.                  <W>{24,900}
hashicorp_vault     s. b. r.                        <A>{24}(?:\.<A>{4,8})?                    0.75
hashicorp_vault     s.CAESI                         <W>{60,120}
heroku              HRKU-                           (?:AA<W>{58}|<U>)
ibm_cloud           ApiKey-                         <U>
infisical           st.                             <H>{24}\.<H>{32}\.<H>{32}
linode              linodecli_                      <H>{64}
mongodb_atlas       mdb_sa_sk_ mdb_sa_id_           <W>{24,60}
neon                napi_                           <L>{60,70}
netlify             nfp_ nfc_ nfo_ nfu_             <W>{36,50}
newrelic            NRAK-                           [A-Z0-9]{27,28}
newrelic            NRII- NRIQ-                     <W>{32}
newrelic            NRAA- NRRA- NRBR-               <H>{19,42}
newrelic            NRJS-                           <H>{19}
newrelic            px-dep- px-api-                 <U>
ngrok               ngrok_ cr_ ak_                  <A>{27}_<A>{21}
octopus_deploy      API-                            [A-Z0-9]{25,27}
onepassword         ops_eyJ                         <B>{250,900}={0,3}
onepassword  A3-  [A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}
pagerduty           pdus+ pdeu+                     _?[A-Za-z0-9+_-]{20,60}
planetscale         pscale_tkn_ pscale_pw_ pscale_oauth_ <W>{30,64}
prefect             pnu_ pnb_                       <A>{36}
proxmox             PVEAPIToken=                    [^=\s\"']{3,60}=<U>
pulumi              pul-                            <H>{40}
render              rnd_                            <A>{28,36}
scaleway            SCW                             [A-Z0-9]{17}
scalingo            tk-us-                          <W>{48}
sentry              sntrys_                         <W>{40,400}={0,2}_<W>{30,60}
sentry              sntryu_ sntrya_ sntryi_         <H>{64}
settlemint          sm_aat_ sm_pat_ sm_sat_         <A>{16,40}
tailscale           tskey- tskey-auth- tskey-api-   (?:[a-z]{2,10}-)?<A>{8,24}-<A>{16,48}
tailscale           tskey-client- tskey-scim- tskey-webhook- (?:[a-z]{2,10}-)?<A>{8,24}-<A>{16,48}
turso               tursodb_                        <W>{40,200}
"""

BUSINESS = r"""
adobe               p8e-                            <L>{4,8}[A-Za-z0-9_-]{24,32}
airtable            pat                             <A>{14}\.<H>{64}
asana               1/ 2/                           <D>{14,18}(?:/<D>{14,18})?:<H>{32}
beamer              b_                              <W>{44}                                 0.75
braintree           access_token$                   (?:production|sandbox)\$<L>{16}\$<H>{32}
brevo               xkeysib- xsmtpsib-              <H>{64}-<A>{16}
cal_com             cal_live_                       <H>{32}
checkout            sk_sbox_ sk_live_               <A>{26,32}[*=#$]?
coinbase            organizations/                  <U>/apiKeys/<U>
duffel              duffel_test_ duffel_live_       <W>{43}
dropbox             sl.                             (?:u\.)?<W>{60,900}
easypost            EZAK EZTK                       <A>{54}
facebook            EAACEdEose0cBA                  <A>{20,300}
facebook            EAA                             [MC]<A>{80,300}
facebook            EAA                             <A>{100,300}
facebook            IGQV IGAA                       <W>{80,250}
facebook            |                               <W>{27}                                 0.85  <D>{13,17}
flickr              72157                           <D>{12}-<H>{16}
flutterwave         FLWSECK_TEST- FLWSECK-          <H>{12,32}-X
flutterwave         FLWPUBK_TEST- FLWPUBK-          <H>{12,32}-X
frameio             fio-u-                          <W>{64}
gocardless          live_                           <W>{40}                                 0.75
intercom            dG9r                            (?:Om)?[A-Za-z0-9+/]{54}={0,2}
intra42             s-s4t2ud- s-s4t2af-             <H>{64}
hubspot             pat-na1- pat-na2- pat-eu1- pat-ap1- <U>
kagi                AQAA                            [A-Za-z0-9]{4}[A-Za-z0-9_-]{0,3}\.<W>{43}  0.75
klaviyo             pk_                             <H>{34}
lob                 live_ test_                     <H>{35}
mailersend          mlsn.                           <H>{64}
mailgun             key- pubkey-                    <H>{32}
mailgun             private-                        <H>{32}
mandrill            md-                             <A>{22}
mapbox              sk.eyJ tk.eyJ                   <W>{30,200}\.<W>{20,40}
mapbox              pk.eyJ                          <W>{30,200}\.<W>{20,40}                0.75
maxmind             mmk_                            <A>{30,60}
mercado_pago        APP_USR- TEST-                  <D>{13,19}-<D>{6}-<H>{32}-<D>{5,12}
mercury             secret-token:mercury_           [a-z_]{10,40}<A>{20,80}
microsoft_teams     outlook.office.com/webhook/     <U>@<U>/IncomingWebhook/<H>{32}/<U>
microsoft_teams     .webhook.office.com/webhookb2/  <U>@<U>/IncomingWebhook/<H>{32}/<U>(?:/<W>{20,60})?
monday              eyJhbGciOiJIUzI1NiJ9.eyJ0aWQiOj <W>{60,300}\.<W>{40,50}
onesignal           os_v2_app_ os_v2_org_           [a-z2-7]{100,110}
onfido              api_live. api_sandbox. api_live_us. api_live_ca. <W>{8,12}\.<W>{20,40}
paypal              access_token$production$        <L>{16}\$<H>{32}
paystack            sk_live_ sk_test_ pk_live_ pk_test_ <H>{40}
plaid               access-sandbox- access-development- access-production- <U>
plivo               SAMDC MAMDC                     <A>{15,16}
razorpay            rzp_live_ rzp_test_             <A>{14}
recharge            sk_1x1_ sk_1x3_ sk_2x2_ sk_3x3_ sk_5x5_ sk_10x10_ <H>{64}
recharge            sk_test_1x1_ sk_test_1x3_ sk_test_2x2_ sk_test_3x3_ sk_test_5x5_ sk_test_10x10_ <H>{64}
resend              re_                             <A>{8}_<A>{24}
retell              key_                            <H>{28}
salesforce          00D                             <A>{9,15}![A-Za-z0-9._]{80,260}
salesforce          3MVG9                           [A-Za-z0-9._]{80}
segment             sgp_                            <A>{64}
sendgrid            SG.                             <W>{16,32}\.<W>{16,64}
shippo              shippo_live_ shippo_test_       <H>{40}
shopify             shpat_ shpca_ shppa_ shpss_ shpua_ shptka_ shpit_ <H>{32}
slack               xoxb-                           (?:<D>{8,13}-){1,2}<A>{17,34}
slack               xoxp- xoxa- xoxr- xoxs- xoxo- xoxe- xoxc- xoxd- (?:<D>{6,14}-){2,3}<H>{10,64}
slack               xoxa-2- xoxr-2- xoxe-1- xoxe.xoxp-1- xoxe.xoxb-1- <W>{20,260}
slack               xoxd-                           [A-Za-z0-9%/+=]{40,300}
slack               xapp-                           [0-9]-[A-Z0-9]{9,14}-<D>{10,14}-<H>{48,72}
slack               xapp-                           <D>{10,14}-[A-Za-z0-9/]{24}
slack               hooks.slack.com/services/       T<A>{6,14}/B<A>{6,14}/<A>{20,28}
slack               hooks.slack.com/workflows/      <A>{8,14}/(?:A?<A>{6,18}/)?<D>{10,20}/<A>{20,34}
slack               hooks.slack.com/triggers/       <A>{8,14}/(?:A?<A>{6,18}/)?<D>{10,20}/<A>{20,34}
discord             discord.com/api/webhooks/ discordapp.com/api/webhooks/ <D>{17,20}/<W>{60,70}
discord             mfa.                            <W>{80,90}
discord             MT Mj Mz ND NT Nj Nz OD OT      <W>{21,26}\.<W>{6}\.<W>{27,40}
square              sq0atp- sq0csp- sq0idp- sq0idb- <W>{20,60}
square              sq0acp- sandbox-sq0atb- sandbox-sq0idb- sandbox-sq0csb- <W>{20,60}
square              EAAA                            <W>{60}
stripe              sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_ sk_org_ <A>{10,120}
stripe              pk_live_ pk_test_ pk_prod_      <A>{20,120}                             0.75
stripe              whsec_                          [A-Za-z0-9+/]{24,60}={0,2}
telegram            :AA                             <W>{32,35}                                 0.95  <D>{8,10}
twilio              SK                              [a-f0-9]{32}
twilio              AC                              [a-f0-9]{32}                            0.75
twitch              live_                           <D>{8,10}_<A>{30}
twitter             AAAAAAAAAAAAAAAAAAAAA           [A-Za-z0-9%]{50,110}
typeform            tfp_                            [A-Za-z0-9_.=-]{40,64}
ubidots             BBFF- BBUS-                     <A>{30}
wakatime            waka_                           <U>
webflow             ws-                             <H>{64}
workos              sk_test_a2V5 sk_live_a2V5       <A>{20,80}
yandex              AQVN                            <W>{35,38}
yandex              t1.                             [A-Z0-9a-z_-]{10,250}={0,2}\.[A-Z0-9a-z_-]{86}={0,2}
yandex              YC                              <W>{38}                                 0.75
yandex              y0_ y1_ y2_ y3_                 <W>{50,60}
zapier              hooks.zapier.com/hooks/catch/   <D>{5,10}/<L>{6,10}
zuplo               zpka_                           <H>{32}_<H>{8}
"""

OTHER = r"""
alchemy             .alchemy.com/v2/ .alchemyapi.io/v2/ <W>{32}
dingtalk            oapi.dingtalk.com/robot/send?access_token= <H>{64}
feishu              open.feishu.cn/open-apis/bot/v2/hook/ <U>
ifttt               maker.ifttt.com/trigger/        <W>{1,40}/(?:json/)?with/key/<W>{20,50}
infura              infura.io/v3/ infura.io/ws/v3/  <H>{32}
quicknode           .quiknode.pro/                  <H>{40}
recaptcha           6L                              [a-zA-Z0-9]{6}AAAAA<W>{27}
sentry              https://                        <H>{32}(?::<H>{32})?@[a-z0-9.-]{4,60}/<D>{1,12}
softlayer           api.softlayer.com/soap/v3/ api.softlayer.com/soap/v3.1/ <H>{64}
tencent_cloud       AKID                            <A>{32}
thingsboard         thingsboard.cloud/api/v1/       <L>{20}
volcengine          AKLT                            <A>{40,60}
wecom               qyapi.weixin.qq.com/cgi-bin/webhook/send?key= <U>
zoho                1000.                           <H>{32}\.<H>{32}
django              django-insecure-                [^\s\"']{30,60}
kubernetes          k8s-aws-v1.                     <W>{80,900}
password_hash       $1$                             [A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22}
password_hash       $2a$ $2b$ $2y$ $2x$             <D>{2}\$[A-Za-z0-9./]{52,53}
password_hash       $5$                             (?:rounds=<D>{1,9}\$)?[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{43}
password_hash       $6$                             (?:rounds=<D>{1,9}\$)?[A-Za-z0-9./]{1,16}\$[A-Za-z0-9./]{86}
password_hash       $8$ $9$                         [A-Za-z0-9./]{14}\$[A-Za-z0-9./]{43}
password_hash       $7$                             [A-Za-z0-9./]{10,60}\$[A-Za-z0-9./]{43}
password_hash       $y$ $gy$                        [A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{1,90}\$[A-Za-z0-9./]{43}
password_hash       $argon2id$ $argon2i$            v=<D>{2}\$m=<D>{2,8},t=<D>{1,3},p=<D>{1,3}\$<B>{8,90}\$<B>{16,120}
password_hash       $argon2d$                       v=<D>{2}\$m=<D>{2,8},t=<D>{1,3},p=<D>{1,3}\$<B>{8,90}\$<B>{16,120}
password_hash       $krb5asrep$23$ $krb5tgs$23$     [A-Za-z0-9*$@._:/-]{40,900}
password_hash       pbkdf2_sha256$ pbkdf2:sha256:   <D>{4,8}\$<A>{8,40}\$<B>{40,64}={0,2}
password_hash       {SSHA} {SSHA512} {SHA} {SMD5}   <B>{24,120}={0,2}
ssh_key_base64      b3BlbnNzaC1rZXktdjE             [A-Za-z0-9+/=]{40,1000}
"""
