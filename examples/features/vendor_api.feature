Feature: What a vendor's integration asks of iCIMS
  In the long form of BAT, Harver's API tester: each sentence reads like English.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And I set the variables:
      | base  | {icims.base_url}/customers/{icims.customer_id} |
      | email | zoe.lane@example.com                           |
    And I am using the default content type: "application/json"

  Rule: With a user name and a password

    Background:
      Given I am using basic authentication with the credentials:
        | username | {icims.username} |
        | password | {icims.password} |

    Scenario: A candidate who was made is found and read
      When I send a 'POST' request to '/people'
      And I add the request body from the file: "bodies/candidate.json"
      Then I should receive a response with the status 201
      When I send a 'POST' request to '/search/people'
      And I add the request body:
        """
        {"filters": [{"name": "person.email", "value": ["{email}"], "operator": "="}]}
        """
      Then I should receive a response with the status 200
      And I should receive a response within 2000ms
      And the response body should validate against its response schema
      When I send a 'GET' request to '/people/{id}'
      And I set the placeholder 'id' using the json path '$.searchResults[*].id' from the last 'POST' to '/search/people'
      And I add the query string parameters:
        | fields | firstname,email,folder |
      And I set the request headers:
        | Accept | application/json |
      Then I should receive a response with the status 200
      And the response header "Content-Type" should equal "application/json;charset=UTF-8"
      And the response body json path at "$.firstname" should equal "Zoe"
      And the response body json path at "$.email" should equal "{email}"
      And the response body json path at "$.folder.id" should match "^D\d+$"
      And the response body should validate against the schema from "schemas/candidate.json"
      And the response body should validate against the response schema:
        """
        {"type": "object", "required": ["links"]}
        """

    Scenario: Nobody is found who is not there
      When I send a 'POST' request to '/search/people'
      And I add the request body:
        """
        {"filters": [{"name": "person.email", "value": ["nobody@example.com"], "operator": "="}]}
        """
      Then I should receive a response with the status 200
      And the response body json path at "$.searchResults" should be empty

    Scenario: A candidate who is advanced by the API is invited before long
      When I send a 'GET' request to '/people/{sample.person_id}'
      Then I should receive a response with the status 200
      When I send a 'PATCH' request to '/applicantworkflows/{sample.workflow_id}'
      And I add the request body:
        """
        {"status": {"id": "{sample.send_to_harver_status}"}}
        """
      And I set the placeholder 'invited' using the json path '$.email' from the last 'GET' to '/people/{sample.person_id}'
      Then I should receive a response with the status 204
      And within 10 s 'GET' to '{control.base_url}/__sandbox/mail?customer={icims.customer_id}' answers with the json path "$.messages[0].to[0]" equal to "{invited}"

  Rule: With a token

    Scenario: A token opens what nobody in particular may read
      Given I am anonymous
      When I send a 'GET' request to '/people/{sample.person_id}'
      And I set the cookies:
        | Name       | Value   |
        | JSESSIONID | of-mine |
      Then I should receive a response with the status 401
      And print the request
      And print the response body
      Given I obtain an access token from "{icims.token_url}" using the credentials:
        | grant_type    | client_credentials        |
        | client_id     | {icims.client_id}         |
        | client_secret | {icims.client_secret}     |
        | audience      | https://api.icims.com/v1/ |
      When I send a 'GET' request to '/people/{sample.person_id}'
      Then I should receive a response with the status 200
