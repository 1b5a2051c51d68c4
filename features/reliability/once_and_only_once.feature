Feature: Whatever arrives twice or late has one effect

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"

  @G27
  Rule: One invitation per candidate and package

    @UAT-05 @row-01
    Scenario: Advancing twice invites once, and the Summary explains
      Given Tomas has advanced Ana to Send to Harver
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that there is an open invitation already, and whom to ask
      And Ana receives one mail with a link to the assessment
      And Harver was asked once to register Ana

    Scenario: The same request delivered many times at once invites once
      Given Tomas has advanced Ana to Send to Harver
      When iCIMS delivers the request for Ana ten more times at once
      Then Ana receives one mail with a link to the assessment
      And Harver was asked once to register Ana

    @row-02
    Scenario: Advancing after completion neither invites again nor touches the result
      Given Tomas has advanced Ana to Send to Harver
      And Ana has taken the assessment as a great fit
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that the assessment is completed already, and whom to ask
      And iCIMS shows one result for Ana, which is complete
      And Ana receives one mail with a link to the assessment

  @G31
  Rule: A status never goes back

    Scenario: A late request does not disturb a finished assessment
      Given Tomas has advanced Ana to Send to Harver
      And Ana has taken the assessment as a great fit
      When iCIMS delivers the request for Ana ten more times at once
      Then iCIMS shows one result for Ana, which is complete
      And the Screen tab recommends Ana as "Great Fit"

  Rule: Customers never touch one another

    @UAT-28
    Scenario: Two customers whose records carry the same numbers do not mix
      Given Tomas has advanced Ana to Send to Harver
      And Harbour Hotels has connected iCIMS to Harver
      And the Candidate Zoe is submitted to "Call Centre Advisor"
      And Tomas has advanced Zoe to Send to Harver
      When Zoe takes the assessment by the link in her mail as a great fit
      Then iCIMS shows one result for Zoe, which is complete
      And at Brightwater Foods there is no result for Ana, whose records carry the same numbers
