Feature: Harver's own API, in a few lines
  In the short form of BAT, Harver's API tester, for whoever writes many of these.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And I set the variable:
      | base | {platform.base_url}/api/v1.0 |
    And get token from "{platform.base_url}/oauth/token" using:
      | grant_type    | client_credentials       |
      | client_id     | {platform.client_id}     |
      | client_secret | {platform.client_secret} |

  Scenario: Open vacancies are listed
    When GET '/accounts/{platform.account_id}/vacancies'
    And qs:
      | filter[status] | open |
    And set:
      | Accept | application/json |
    Then receive status 200
    And within 2000ms
    And validate against schema
    And json path at "$.data[0].attributes.status" should equal "open"

  Scenario: A candidate is registered
    Given default content type: "application/json"
    When POST '/vacancies/{sample.vacancy_id}/applications'
    And send from file "bodies/registration.json"
    And set cookies:
      | Name    | Value |
      | consent | yes   |
    Then receive status 201
    And validate against the schema from "schemas/registered.json"
    And validate against the schema:
      """
      {"type": "object", "required": ["data"]}
      """
    And json path at "$.data.applicationId" should match "^[0-9a-f]+$"

  Scenario: Nobody has applied under this address
    When GET '/applications'
    And qs:
      | accountId                      | {platform.account_id} |
      | filter[applicationMeta][email] | nobody@example.com    |
    Then receive status 200
    And json path at "$.data" should be empty

  @own-world
  Scenario: A token runs out
    When POST '{control.base_url}/__sandbox/clock'
    And send example body
    Then receive status 200
    When GET '/accounts/{platform.account_id}/vacancies'
    Then receive status 401

  @own-world
  Scenario: iCIMS is slow for a while
    When I send a 'POST' request to '{control.base_url}/__sandbox/faults'
    And I add the example request body
    Then receive status 200
