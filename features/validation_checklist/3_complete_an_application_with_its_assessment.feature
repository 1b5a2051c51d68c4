@checklist @G35
Feature: Complete a candidate application, including the assessment
  Validating the integration set-up, third step.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  Rule: A candidate gets from application to result without anybody's help, whichever pattern is used

    Scenario: A candidate who is invited by the recruiter completes the assessment
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      And Tomas has advanced Ana to Send to Harver
      When Ana takes the assessment by the link in her mail as a great fit
      Then iCIMS shows one result for Ana, which is complete

    Scenario: A candidate who applies on the career portal completes the assessment as the last step
      When Bilal applies for "Call Centre Advisor" on the career portal and takes the assessment as a good fit
      Then Bilal is back on the career portal and his application is complete
      And iCIMS shows one result for Bilal, which is complete
