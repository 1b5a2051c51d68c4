@G31
Feature: Results are on the Screen tab of the candidate

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"
    And Tomas has advanced Ana to Send to Harver

  Rule: After completion the section Assessments shows one complete line

    @UAT-04
    Scenario: The line that was in progress becomes complete
      Given Ana has opened the link in her mail and begun
      And iCIMS shows one result for Ana, which is in progress
      When Ana finishes the assessment as a great fit
      Then iCIMS shows one result for Ana, which is complete
      And the Screen tab recommends Ana as "Great Fit"
      And the Screen tab shows the score 100 for Ana
      And the Screen tab names the package of "Call Centre Advisor" for Ana, written with an en dash

    Scenario: The people of the job are listed with how far they are
      When Ana takes the assessment by the link in her mail as a good fit
      Then the People tab shows the assessment of Ana as complete

  Rule: Results go to the application they belong to

    Scenario: One person's two applications do not mix
      Given Tomas has submitted Ana to "Online Support Agent"
      When Ana takes the assessment by the link in her mail as a great fit
      Then iCIMS shows one result for Ana, which is complete
      And the application of Ana to "Online Support Agent" shows no result

    Scenario: Two people with one e-mail address do not share a result
      Given the Candidate Bea with the e-mail address of Ana is submitted to "Call Centre Advisor"
      When Tomas advances Bea to Send to Harver
      And Ana takes the assessment by the link in her mail as a great fit
      Then iCIMS shows one result for Ana, which is complete
      And iCIMS shows no complete result for Bea
      And Ana receives one mail with a link to the assessment
