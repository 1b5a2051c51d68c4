@G05
Feature: Only iCIMS can start assessments

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"

  Rule: Who does not know the customer's Harver credentials is turned away, and nothing is recorded

    @UAT-19 @row-11
    Scenario Outline: A request <with credentials> starts nothing
      When somebody asks Harver to assess Ana <with credentials>
      Then the request is turned away as unauthenticated
      And Harver has not heard of Ana and no mail was sent

      Examples:
        | with credentials                      |
        | without credentials                   |
        | with a wrong password                 |
        | with a wrong user name                |

    Scenario: The credentials of one customer do not open another one
      Given Harbour Hotels has connected iCIMS to Harver
      When somebody asks Harver to assess Ana of Brightwater Foods with the credentials of Harbour Hotels
      Then the request is turned away
      And Harver has not heard of Ana and no mail was sent

  Rule: The credentials that the iCIMS administrator has entered count

    Scenario: Inviting works again once the right password is entered
      Given the iCIMS administrator has entered a wrong Harver password
      And Tomas has advanced Ana to Send to Harver in vain
      And the iCIMS administrator has entered the right Harver password
      When Tomas advances Ana to Send to Harver
      Then the Summary says "Invitation is sent to Candidate" for Ana
      And Ana is invited to "Call Centre Advisor"

  Rule: Where the Harver Admin says where events come from, those from elsewhere are turned away

    @UAT-20 @row-12
    Scenario: An event from another address starts nothing, and the recruiter learns why
      Given the Harver Admin takes events from "203.0.113.0/24" only
      When Tomas advances Ana to Send to Harver
      Then the Summary tells Tomas about Ana that Harver takes no events from there, and whom to ask
      And Harver has not heard of Ana and no mail was sent

    @own-world @UAT-20 @row-12
    Scenario: An event from an address that is named is taken
      Given the Harver Admin takes events from "127.0.0.1, ::1" only
      When Tomas advances Ana to Send to Harver
      Then the Summary says "Invitation is sent to Candidate" for Ana
      And Ana is invited to "Call Centre Advisor"
