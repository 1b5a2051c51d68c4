Feature: The integration signs in to iCIMS

  Background:
    Given Brightwater Foods has connected iCIMS to Harver
    And these Candidates are submitted to "Call Centre Advisor":
      | Ana   |
      | Bilal |

  @G11
  Rule: OAuth2 is the default, and a token is used as long as it lasts

    Scenario: One token serves several candidates
      Given the integration signs in to iCIMS by OAuth2
      When Ana and Bilal are advanced and take the assessment as a great fit
      Then iCIMS shows one result for Ana, which is complete
      And iCIMS shows one result for Bilal, which is complete
      And the integration has fetched one token from iCIMS for everything

    @own-world
    Scenario: A token that has run out is renewed
      Given the integration signs in to iCIMS by OAuth2
      And Tomas has advanced Ana to Send to Harver
      And Ana has taken the assessment as a great fit
      When more than a day goes by and Bilal is advanced and takes the assessment as a good fit
      Then iCIMS shows one result for Bilal, which is complete
      And the integration has fetched two tokens from iCIMS

  @G12
  Rule: Basic authentication is the other method

    @UAT-18
    Scenario: Switching to Basic authentication keeps the integration working
      Given the integration signs in to iCIMS by OAuth2
      And Tomas has advanced Ana to Send to Harver
      When the Harver Admin switches to Basic authentication
      And Ana takes the assessment by the link in her mail as a great fit
      Then iCIMS shows one result for Ana, which is complete
      And the integration has written the result with Basic authentication

    Scenario: Switching back asks for the OAuth2 secret again
      When the Harver Admin switches to Basic authentication
      Then the client secret for OAuth2 is forgotten
