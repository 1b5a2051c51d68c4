@checklist @G39
Feature: Open the full report
  Validating the integration set-up, seventh step.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"
    And Tomas has advanced Ana to Send to Harver

  Rule: The link in iCIMS opens the report, without another sign-in

    Scenario: The link on the Screen tab opens the report of this candidate
      When Ana takes the assessment by the link in her mail as a great fit
      Then the link on the Screen tab opens the report of Ana with the verdict "Great Fit"
      And the link on the hiring dashboard opens the same report
