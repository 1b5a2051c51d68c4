@checklist @G38
Feature: See the assessment recommendation
  Validating the integration set-up, sixth step.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"
    And Tomas has advanced Ana to Send to Harver

  Rule: The recommendation in iCIMS is the one of the assessment

    Scenario Outline: A candidate who is a <fit> is shown as <recommendation>
      When Ana takes the assessment by the link in her mail as a <fit>
      Then the Screen tab recommends Ana as "<recommendation>"

      Examples:
        | fit       | recommendation |
        | great fit | Great Fit      |
        | good fit  | Good Fit       |
        | poor fit  | Poor Fit       |

  Rule: A cut-off decides, whatever the score

    Scenario: A candidate with a high score who falls below a cut-off is not recommended
      When Ana takes the assessment by the link in her mail as a good performer who fails a cut-off
      Then the Screen tab recommends Ana as "Poor Fit"
      And the Screen tab shows the score 70 for Ana
