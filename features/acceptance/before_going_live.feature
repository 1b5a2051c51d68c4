Feature: What a customer tries before going live
  The checks that vendors and iCIMS publish, where nothing else in these folders goes all the way.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  Rule: Both patterns lead from the application to the result

    @UAT-01
    Scenario: An applicant is back on the portal, and the result has everything
      When Ana applies for "Call Centre Advisor" on the career portal and takes the assessment as a great fit
      Then Ana is back on the career portal and her application is complete
      And iCIMS shows one result for Ana, which is complete
      And the Screen tab shows the score 100 for Ana
      And the link on the Screen tab opens the report of Ana with the verdict "Great Fit"

    @UAT-02
    Scenario: A recruiter follows a candidate from Submit to Job to the result
      Given Tomas has created Ana as a Candidate
      And Tomas has submitted Ana to "Call Centre Advisor"
      When Tomas advances Ana to Send to Harver
      Then the Summary says "Invitation is sent to Candidate" for Ana
      And Ana receives one mail with a link to the assessment
      When Ana opens the link in her mail and begins
      Then iCIMS shows one result for Ana, which is in progress
      When Ana finishes the assessment as a great fit
      Then iCIMS shows one result for Ana, which is complete
      And the link on the Screen tab opens the report of Ana with the verdict "Great Fit"

    @UAT-03
    Scenario: Who applies goes on at once, and who is advanced is mailed
      Given the Candidate Ana is submitted to "Online Support Agent"
      And Tomas has advanced Ana to Send to Harver
      When Bilal applies for "Call Centre Advisor" on the career portal and takes the assessment as a good fit
      Then Bilal is back on the career portal and his application is complete
      And iCIMS shows one result for Bilal, which is complete
      And no mail was sent but the invitation of Ana

    @UAT-13
    Scenario: Twenty-five candidates are advanced at once
      Given 25 Candidates are submitted to "Call Centre Advisor"
      When Tomas ticks all of them and advances them to Send to Harver
      Then the Summary says "Invitation is sent to Candidate" for each of them
      And each of them receives one mail with a link of their own

  Rule: A candidate who was interrupted gets to the end

    @UAT-14
    Scenario: Who leaves half-way goes on by the link in the mail
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      And Tomas has advanced Ana to Send to Harver
      And Ana has opened the link in her mail and answered the first two parts
      When Ana opens the link in her mail
      Then Ana goes on with the third part
      When Ana finishes the assessment as a great fit
      Then iCIMS shows one result for Ana, which is complete

    @UAT-15 @own-world
    Scenario: Whose link has expired asks for a code by mail
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      And Tomas has advanced Ana to Send to Harver
      And Ana has opened the link in her mail and answered the first two parts
      When more than a day goes by
      And Ana opens the link in her mail, which has run out, and types the code that she is mailed
      And Ana finishes the assessment as a good fit
      Then iCIMS shows one result for Ana, which is complete

  Rule: What was set up wrongly is told, and works once it is mended

    @UAT-17
    Scenario: iCIMS does not accept the integration's secret any more
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      And the iCIMS administrator has given the integration another secret
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that iCIMS does not accept the credentials, and whom to ask
      When the Harver Admin disables and enables the integration
      Then it stays disabled, because the check "icims-credentials" has failed
      When the Harver Admin enters the other secret
      And the Harver Admin enables the integration
      And Tomas advances Ana to Send to Harver
      Then Ana is invited to "Call Centre Advisor"

  Rule: A report is there when somebody reads it

    @UAT-26 @own-world
    Scenario Outline: <report> opens days later
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      And the Harver Admin has selected the report type <report>
      And Tomas has advanced Ana to Send to Harver
      And Ana has taken the assessment as a great fit
      When more than a day goes by
      And more than a day goes by
      Then the link to the report of Ana opens

      Examples:
        | report             |
        | Reports Hub        |
        | PDF report         |
        | Fact sheet         |
        | Interview Guide    |
        | Development report |
