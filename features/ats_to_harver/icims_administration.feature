@G20
Feature: The iCIMS administrator decides when Harver is told

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And the Candidate Ana is submitted to "Call Centre Advisor"

  Rule: The switch, the endpoint and the trigger status are iCIMS settings

    Scenario: With the vendor switched off nobody is invited
      Given the iCIMS administrator has switched Harver off
      When Tomas advances Ana to Send to Harver
      Then Ana is in the status Send to Harver
      And Harver has not heard of Ana and no mail was sent

    Scenario: With the vendor switched on again candidates are invited
      Given the iCIMS administrator has switched Harver off
      And the iCIMS administrator has switched Harver on
      When Tomas advances Ana to Send to Harver
      Then Ana is invited to "Call Centre Advisor"

    Scenario: Another status is made the trigger
      Given the iCIMS administrator has made Phone Screen the trigger
      When Tomas advances Ana to Send to Harver
      Then Ana is in the status Send to Harver
      And Harver has not heard of Ana and no mail was sent

    Scenario: The status that is made the trigger invites
      Given the iCIMS administrator has made Phone Screen the trigger
      When Tomas advances Ana to Phone Screen
      Then Ana is invited to "Call Centre Advisor"

    Scenario: Moving a candidate to a status that is no trigger invites nobody
      When Tomas advances Ana to Phone Screen
      Then Ana is in the status Phone Screen
      And Harver has not heard of Ana and no mail was sent

    Scenario: A new package can be selected once it is in the list
      Given the package of "Call Centre Advisor" is loaded into iCIMS with a hyphen
      When Tomas creates the requisition "Advisor Leeds" with the loaded package
      Then "Advisor Leeds" shows the loaded package
