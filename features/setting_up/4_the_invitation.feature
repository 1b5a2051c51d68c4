@G28
Feature: The invitation mail is the customer's own
  "Please note the email invitation from Harver is configurable."

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"

  Scenario: Sender, subject and text are what the Harver Admin wrote
    Given the Harver Admin has written this invitation:
      | sender name | Brightwater Hiring                              |
      | subject     | {{first_name}}, one more step                   |
      | body        | Hello {{first_name}} {{last_name}}, go to {{link}} |
    When Tomas advances Ana to Send to Harver
    Then the mail to Ana comes from "Brightwater Hiring" with the subject "Ana, one more step"
    And the mail to Ana says "Hello Ana"

  Scenario: Another language has a text of its own
    Given the Harver Admin has chosen the language "nl-NL" for the invitation
    When Tomas advances Ana to Send to Harver
    Then the mail to Ana says "Start je assessment"

  Scenario: A preview shows what a candidate would get, and changes nothing
    When the Harver Admin previews an invitation with the subject "{{first_name}} at {{company_name}}"
    Then the preview shows the company's name in the subject
    And the invitation is as it was

  Scenario: A variable that does not exist is refused at its place
    When the Harver Admin writes an invitation with the body "Dear {{first_name}}, your {{wage}}: {{link}}"
    Then the body is refused with a message that says "{{wage}}"
    And the invitation is as it was

  Scenario: A text without the link is refused
    When the Harver Admin writes an invitation with the body "Dear {{first_name}}, good luck"
    Then the body is refused with a message that says "{{link}}"
