@checklist @G33
Feature: Create a test requisition for a position that uses an assessment
  Validating the integration set-up, first step.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  Rule: A requisition that is open and carries a Harver package sends its candidates to Harver

    Scenario: A new test requisition takes candidates and invites them
      When Tomas creates the requisition "Test: Call Centre Advisor" with the package of "Call Centre Advisor"
      Then "Test: Call Centre Advisor" is open
      And "Test: Call Centre Advisor" is found on the career portal
      And a candidate of "Test: Call Centre Advisor" who is advanced to Send to Harver is invited
