@checklist @G37
Feature: Review the results on the hiring dashboard
  Validating the integration set-up, fifth step.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  Rule: Everybody who has finished is on the dashboard, with their own result

    Scenario: The dashboard lists the results of all candidates
      Given these Candidates are submitted to "Call Centre Advisor":
        | Ana   |
        | Bilal |
      And Tomas has advanced Ana and Bilal to Send to Harver
      When these candidates take the assessment:
        | Ana   | great fit |
        | Bilal | poor fit  |
      Then the hiring dashboard shows:
        | Ana   | Complete | 100 | Great Fit |
        | Bilal | Complete | 0   | Poor Fit  |
