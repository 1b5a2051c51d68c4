Feature: Configuring Harver
  The sections General, Credentials, ATS to Harver and Harver to ATS: what is chosen there is what happens.

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"

  @G10
  Rule: An event of a pattern that is not chosen is refused

    Scenario: With ATS First Inline alone, advancing invites nobody
      Given the Harver Admin has chosen the pattern ATS First Inline alone
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that the pattern ATS First Ad-Hoc is not enabled, and whom to ask
      And Harver has not heard of Ana and no mail was sent

    Scenario: With both patterns, advancing invites
      Given the Harver Admin has chosen the pattern ATS First Inline alone
      And the Harver Admin has chosen both patterns
      When Tomas advances Ana to Send to Harver
      Then Ana is invited to "Call Centre Advisor"

  @G13
  Rule: The Harver credentials are copied to iCIMS, and can be rotated

    Scenario: What the console shows is what iCIMS signs in with
      Given the iCIMS administrator has entered a wrong Harver password
      When the iCIMS administrator enters the credentials that the console shows
      And Tomas advances Ana to Send to Harver
      Then Ana is invited to "Call Centre Advisor"

    Scenario: Until the announced moment the former password is let in
      Given the Harver Admin has rotated the password, and the former one ends in 24 hours
      When Tomas advances Ana to Send to Harver
      Then Ana is invited to "Call Centre Advisor"

    Scenario: A password that ends at once is refused
      Given the Harver Admin has rotated the password, and the former one ends at once
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that the credentials are wrong, and whom to ask

    @own-world
    Scenario: After the announced moment the former password is refused
      Given the Harver Admin has rotated the password, and the former one ends in 24 hours
      When more than a day goes by
      And Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that the credentials are wrong, and whom to ask

  @G15
  Rule: Assessment Status decides whether iCIMS is told In-Progress

    @UAT-04
    Scenario: Switched off, iCIMS hears nothing before the end
      Given the Harver Admin has switched Assessment Status off
      And Tomas has advanced Ana to Send to Harver
      When Ana opens the link in her mail and begins
      Then iCIMS shows no assessment of Ana in progress

    Scenario: Switched on again, iCIMS is told
      Given the Harver Admin has switched Assessment Status off
      And the Harver Admin has switched Assessment Status on
      And Tomas has advanced Ana to Send to Harver
      When Ana opens the link in her mail and begins
      Then iCIMS shows one result for Ana, which is in progress

  @G16
  Rule: The completed status is defaulted

    Scenario: The values are those that iCIMS delivers
      Then the console shows the status "D37002019001" for Completed

    Scenario: Another value is what iCIMS is told
      Given the Harver Admin has entered "D37002019002" as the status for Completed
      When Ana is advanced and takes the assessment as a great fit
      Then iCIMS shows one result for Ana, which is incomplete

    Scenario: What is no value of a list is refused at its field
      When the Harver Admin enters "Complete" as the status for Completed
      Then the status for Completed is refused

  @G17
  Rule: Exactly one report type is sent

    Scenario Outline: <report> is the report that the Screen tab leads to
      Given the Harver Admin has selected the report type <report>
      When Ana is advanced and takes the assessment as a great fit
      Then the link to the report of Ana opens

      Examples:
        | report                |
        | Reports Hub           |
        | PDF report            |
        | Fact sheet            |

    Scenario: Selecting another replaces the first
      Given the Harver Admin has selected the report type Fact sheet
      When the Harver Admin selects the report type PDF report
      Then the report type PDF report is selected alone, and its ATS field is "assessmenturl"
