Feature: iCIMS shows how far the assessment is

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"
    And Tomas has advanced Ana to Send to Harver

  @G29
  Rule: The link leads a candidate in Send to Harver to the assessment

    Scenario: The link in the mail opens the assessment of this candidate
      When Ana opens the link in her mail
      Then Ana is welcomed by name on the assessment's landing page without signing in
      And Ana is in the status Send to Harver

    Scenario: A candidate who stops half-way goes on by the same link
      Given Ana has opened the link in her mail and answered the first two parts
      When Ana opens the link in her mail
      Then Ana goes on with the third part

    Scenario: A candidate who has finished is told so
      Given Ana has taken the assessment as a good fit
      When Ana opens the link in her mail
      Then Ana reads that she has already finished

  @G30
  Rule: Once the assessment is under way iCIMS shows In Progress

    Scenario: A candidate who accepts the terms is in progress
      When Ana opens the link in her mail and begins
      Then iCIMS shows one result for Ana, which is in progress

    Scenario: A candidate who only looks at the landing page is not in progress
      When Ana opens the link in her mail
      Then iCIMS shows no assessment of Ana in progress
