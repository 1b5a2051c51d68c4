@checklist @G40
Feature: Know what to fix and whom to ask
  Validating the integration set-up: where something fails, the message says what to do about it.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  Rule: A message names the cause in the customer's own words, and the support contact

    Scenario: The candidate has no e-mail address
      Given the Candidate Ana without an e-mail address is submitted to "Call Centre Advisor"
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that "Email" must be filled in, and whom to ask

    Scenario Outline: No mail server would take the candidate's e-mail address
      Given the Candidate Ana with the e-mail address "<address>" is submitted to "Call Centre Advisor"
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that "Email" must be corrected, and whom to ask

      Examples:
        | address            |
        | ana.solé@mail.test |
        | ana..sol@mail.test |
        | ana@mail           |

    @UAT-08 @row-05
    Scenario: The requisition has no package
      Given the requisition "Night Shift Lead" without a package
      And the Candidate Ana is submitted to "Night Shift Lead"
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that "Assessment Type" must be filled in, and whom to ask

    @UAT-08 @row-07
    Scenario: The vacancy is closed in Harver
      Given the Candidate Ana is submitted to "Seasonal Order Picker"
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that another package must be selected, and whom to ask

    Scenario: iCIMS signs in to Harver with a wrong password
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      And the iCIMS administrator has entered a wrong Harver password
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that the Harver credentials in iCIMS must be entered anew, and whom to ask
