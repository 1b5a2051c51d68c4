Feature: Before the integration is enabled
  "Before enabling integrations, make sure you have": what both sides need, and what they give to each other.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Harver Admin has disabled the integration

  @G01
  Rule: Requisitions exist in iCIMS and vacancies exist in Harver

    Scenario: Without an open requisition the integration stays disabled
      Given no requisition in iCIMS is open
      When the Harver Admin enables the integration
      Then it stays disabled, because the check "requisitions" has failed

    Scenario: Without an open vacancy the integration stays disabled
      Given no vacancy in Harver is open
      When the Harver Admin enables the integration
      Then it stays disabled, because the check "vacancies" has failed

  @G02
  Rule: Base url, API credentials and the numeric Customer ID come from iCIMS

    Scenario Outline: <what> is refused at its field
      When the Harver Admin enters "<typed>" as the <field> of the ATS credentials
      Then the <field> is refused with a message that says "<says>"

      Examples:
        | what                          | field       | typed             | says                    |
        | A company's name              | Customer ID | brightwater       | numeric            |
        | An id with letters            | Customer ID | 40x21             | numeric            |
        | Another company's id          | Customer ID | 99                | integration of customer |
        | An address without its scheme | Base URL    | api.icims.example | complete address   |

  @G04
  Rule: The start endpoint belongs to an instance of Harver

    Scenario: The start endpoint is the one of the guide
      Then the console shows an endpoint that ends in "/prod/orchestrator/v1/flows/startAssessment/icimsmarketplace"

    Scenario: A call for an account of the US instance is told where it belongs
      Given the Harver Admin has enabled the integration
      And the Candidate Ana is submitted to "Call Centre Advisor"
      And the Harver Admin has chosen the US instance
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that the account is in the US instance, and whom to ask
      And Harver has not heard of Ana and no mail was sent

  @G06
  Rule: The addresses of Harver are whitelisted in iCIMS

    Scenario: The list of the guide stands where it is copied from
      Then the console lists the thirteen addresses of the guide

    @row-14
    Scenario: A call from another address is refused, and the check says so
      Given the iCIMS administrator has allowed the addresses of the guide and no others
      When the Harver Admin enables the integration
      Then it stays disabled, because the check "icims-addresses" has failed

    Scenario: The list can be edited
      When the Harver Admin adds the address "203.0.113.77" to the list
      Then the console lists the address "203.0.113.77"

  @G07
  Rule: The return URL on Harver's End Page takes candidates back to iCIMS

    Background:
      Given the Harver Admin has enabled the integration
      And the Candidate Ana is submitted to "Call Centre Advisor"

    Scenario: After the assessment the candidate goes on where iCIMS wants it
      Given the Harver Admin has set the career portal as the return URL on the End Page of "Call Centre Advisor"
      And Tomas has advanced Ana to Send to Harver
      When Ana takes the assessment by the link in her mail as a good fit
      Then the End Page takes Ana back to the career portal of iCIMS

    Scenario: Without a return URL the candidate ends on the End Page
      Given Tomas has advanced Ana to Send to Harver
      When Ana takes the assessment by the link in her mail as a good fit
      Then the End Page tells Ana that the window can be closed
