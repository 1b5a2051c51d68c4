# A client of the iCIMS API on `net/http`, Ruby 3.0 or later and no gem, against a sandbox that is running already
# (`harver-icims up`).
#
#     ruby docs/clients/ruby/client.rb

require "json"
require "net/http"
require "zlib"

CONTROL = "#{ENV.fetch("HARVER_ICIMS_CONTROL_URL", "http://127.0.0.1:8700")}/__sandbox"
# Longer than what a server takes the trouble to pack.
DUTIES = "Took calls in Köln, calmly. " * 60

# A check that did not hold.
class Failed < StandardError; end

def check(actual, expected)
  raise Failed, "expected #{expected.inspect}, but it is #{actual.inspect}" unless expected === actual
end

# One request, which follows no redirect. `json` becomes the body.
def call(method, url, json: nil, body: nil, headers: {})
  uri = URI(url)
  request = Net::HTTP.const_get(method.capitalize).new(uri, headers)
  request.content_type = "application/json" if json
  request.body = json ? JSON.generate(json) : body
  yield request if block_given?
  # The nil says that there is no proxy; the environment is not asked for one.
  Net::HTTP.start(uri.host, uri.port, nil, open_timeout: 30, read_timeout: 30) { |http| http.request(request) }
end

# One isolated customer, and what a tester does with it.
class Customer
  attr_reader :keys, :sample, :base

  def initialize
    answer = call(:post, "#{CONTROL}/customers", json: {})
    check(answer, Net::HTTPSuccess)
    @keys, @sample = JSON.parse(answer.body).values_at("icims", "sample")
    @base = "#{keys["base_url"]}/customers/#{keys["customer_id"]}"
  end

  # A call of the iCIMS API with user name and password.
  def icims(method, url, **options)
    call(method, url, **options) { |request| request.basic_auth(keys["username"], keys["password"]) }
  end

  def token
    grant = {
      grant_type: "client_credentials",
      client_id: keys["client_id"],
      client_secret: keys["client_secret"],
      audience: "https://api.icims.com/v1/",
    }
    JSON.parse(call(:post, keys["token_url"]) { |request| request.form_data = grant }.body)
  end

  # The address of a new person, sent packed.
  def create_person
    person = {
      firstname: "Zoë",
      lastname: "Okonkwo-Lind",
      email: "zoe.okonkwo@candidates.example",
      workexperience: [{ worktitle: "Agent", workdescription: DUTIES }],
    }
    headers = { "Content-Type" => "application/json", "Content-Encoding" => "gzip" }
    answer = icims(:post, "#{base}/people", body: Zlib.gzip(JSON.generate(person)), headers: headers)
    check(answer, Net::HTTPCreated)
    answer["Location"]
  end

  # The customer's newest mail; waits for one if there is none yet.
  def mail
    JSON.parse(call(:get, "#{CONTROL}/mail/wait?customer=#{keys["customer_id"]}&timeout=20s").body)
  end
end

TESTS = {
  "password and token open the same person" => lambda do |customer|
    person = "#{customer.base}/people/#{customer.sample["person_id"]}"
    by_password = customer.icims(:get, person)
    check(by_password, Net::HTTPOK)
    token = customer.token
    check(token.values_at("token_type", "expires_in"), ["Bearer", 86_400])
    by_token = call(:get, person, headers: { "Authorization" => "Bearer #{token["access_token"]}" })
    check(JSON.parse(by_token.body), JSON.parse(by_password.body))
    check(call(:get, person), Net::HTTPUnauthorized)
  end,

  "a person sent packed is read packed and found" => lambda do |customer|
    url = customer.create_person
    fields = "fields=firstname,lastname,workexperience"
    # Without the header net/http asks for packed answers and unpacks them unseen.
    answer = customer.icims(:get, "#{url}?#{fields}", headers: { "Accept-Encoding" => "gzip" })
    check(answer["Content-Encoding"], "gzip")
    person = JSON.parse(Zlib.gunzip(answer.body).force_encoding("UTF-8"))
    check(JSON.parse(customer.icims(:get, "#{url}?#{fields}").body), person)
    check(person.values_at("firstname", "lastname"), %w[Zoë Okonkwo-Lind])
    check(person["workexperience"].first["workdescription"], DUTIES)
    search = {
      filters: [
        { name: "person.lastname", value: ["Okonkwo-Lind"], operator: "=" },
        { name: "person.email", value: ["zoe.okonkwo@candidates.example"] },
      ],
      operator: "&",
    }
    found = JSON.parse(customer.icims(:post, "#{customer.base}/search/people", json: search).body)
    check(found, { "searchResults" => [{ "id" => Integer(url.split("/").last), "self" => url }] })
  end,

  "a submitted person is invited with a link that opens" => lambda do |customer|
    submission = {
      baseprofile: Integer(customer.sample["job_id"]),
      associatedprofile: Integer(customer.create_person.split("/").last),
      status: { id: "C40120" },
    }
    submitted = customer.icims(:post, "#{customer.base}/applicantworkflows", json: submission)
    check(submitted, Net::HTTPCreated)
    status = { status: { id: customer.sample["send_to_harver_status"] } }
    check(customer.icims(:patch, submitted["Location"], json: status), Net::HTTPNoContent)
    mail = customer.mail
    check(mail["to"], ["zoe.okonkwo@candidates.example"])
    link = mail["links"].find { |address| address.include?("/magic-link/") }
    check(call(:get, link).code, /\A(200|303)\z/)
  end,

  "each call takes one from the allowance" => lambda do |customer|
    person = "#{customer.base}/people/#{customer.sample["person_id"]}"
    first, second = Array.new(2) { Integer(customer.icims(:get, person)["X-RateLimit-Remaining"]) }
    check(second, first - 1)
  end,

  "an unknown person is 404 with code 2" => lambda do |customer|
    answer = customer.icims(:get, "#{customer.base}/people/999999")
    check(answer, Net::HTTPNotFound)
    errors = JSON.parse(answer.body)["errors"]
    check(errors.map { |error| error["errorCode"] }, [2])
    check(answer["X-Error"], "2:#{errors.first["errorMessage"]}")
  end,
}.freeze

# A customer of its own for every test: what one test does, no other sees.
failures = TESTS.count do |name, test|
  test.call(Customer.new)
  puts "ok      #{name}"
  false
rescue StandardError => e
  puts "FAILED  #{name}", e.full_message(highlight: false)
  true
end
exit(failures.zero?)
