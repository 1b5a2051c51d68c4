Feature: Recruiters invite candidates by advancing them

  Background:
    Given Brightwater Foods has connected iCIMS to Harver

  @G24
  Rule: Test applicants are Candidates, not Persons

    @UAT-32
    Scenario: A plain Person cannot be submitted to a job, and the page says why
      When Tomas creates Priya as a plain Person
      Then Priya cannot be submitted to a job because she is no Candidate

    Scenario: The mistake is put right by adding the Candidate role
      Given Tomas has created Priya as a plain Person
      When Tomas adds the Candidate role to Priya
      Then Priya can be submitted to "Call Centre Advisor"

  @G25
  Rule: A Candidate is submitted to a job from the candidate's page

    Scenario: A submitted Candidate is among the new submissions of the job
      Given Tomas has created Ana as a Candidate
      When Tomas submits Ana to "Call Centre Advisor"
      Then Ana is among the New Submissions of "Call Centre Advisor"

    @ui
    Scenario: A job that is double-clicked moves to the Selected area
      Given Tomas has created Ana as a Candidate
      When Tomas submits Ana to "Call Centre Advisor" in a browser with a double-click
      Then Ana is among the New Submissions of "Call Centre Advisor"

    Scenario: Nobody is submitted to the same job twice
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      When Tomas opens Submit to Job for Ana
      Then "Call Centre Advisor" is marked as already submitted

  @G23 @G26
  Rule: Advancing invites everybody who is ticked, each once

    @G27
    Scenario: An advanced candidate is invited and the Summary says so
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      When Tomas advances Ana to Send to Harver
      Then the Summary says "Invitation is sent to Candidate" for Ana
      And Ana receives one mail with a link to the assessment
      And the mail is addressed to Ana by name and mentions "Call Centre Advisor"

    @G27 @UAT-13
    Scenario: Many candidates are advanced at once and each is invited once
      Given these Candidates are submitted to "Call Centre Advisor":
        | Ana    |
        | Bilal  |
        | Chiara |
        | Dmitri |
        | Esi    |
        | Farid  |
        | Grace  |
        | Hana   |
      When Tomas ticks all of them and advances them to Send to Harver
      Then the Summary says "Invitation is sent to Candidate" for each of them
      And each of them receives one mail with a link of their own
      And Harver was asked once for each of them, and once about the vacancy

    Scenario: Who cannot be invited does not hold up the others
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      And the Candidate Bilal without an e-mail address is submitted to "Call Centre Advisor"
      When Tomas ticks all of them and advances them to Send to Harver
      Then the Summary says "Invitation is sent to Candidate" for Ana
      And the Summary tells Tomas about Bilal that "Email" must be filled in, and whom to ask
      And Ana receives one mail with a link to the assessment

  @G27
  Rule: Nothing is called sent that was not sent

    Scenario: The mail server does not take the invitation
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      And the fault "mail_refused"
      When Tomas advances Ana to Send to Harver
      Then the Summary says no longer that Ana is invited, but "Not invited. The invitation could not be mailed to the candidate."

    Scenario: The mail server asks to come back later
      Given the Candidate Ana is submitted to "Call Centre Advisor"
      And the fault "greylisting"
      When Tomas advances Ana to Send to Harver
      Then the Summary says "Invitation is sent to Candidate" for Ana
      And the console says that the invitation of Ana waits, and for what

  @G27
  Rule: Who has no e-mail address is refused in the customer's own words, and nothing is recorded

    @UAT-07 @row-03
    Scenario: The message uses the label that the customer gave to the field
      Given the customer calls the e-mail field "Correspondence address"
      And the Candidate Ana without an e-mail address is submitted to "Call Centre Advisor"
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that "Correspondence address" must be filled in, and whom to ask
      And Harver has not heard of Ana and no mail was sent
      And a Recruiter finds in the console that Ana was refused because "Email is empty."

    Scenario: Once the address is filled in the candidate is invited
      Given the Candidate Ana without an e-mail address is submitted to "Call Centre Advisor"
      And Tomas has advanced Ana to Send to Harver in vain
      And Tomas has filled in the e-mail address of Ana
      When Tomas advances Ana to Send to Harver
      Then the Summary says "Invitation is sent to Candidate" for Ana
      And Ana receives one mail with a link to the assessment
