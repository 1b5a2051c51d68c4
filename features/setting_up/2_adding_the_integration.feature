Feature: Adding the integration
  "In Harver platform, go to Integration Menu tab and click Add new integrations."

  @G08
  Rule: Only a Harver Admin configures

    Background:
      Given Brightwater Foods has connected iCIMS to Harver

    Scenario: Whoever is not signed in is led to the sign-in
      When a stranger opens the section General of the console
      Then the stranger is asked to sign in

    Scenario Outline: A Recruiter is refused the section <section>
      When a Recruiter opens the section <section> of the console
      Then the Recruiter is refused, and told whom to ask

      Examples:
        | section        |
        | General        |
        | Credentials    |
        | ATS to Harver  |
        | Harver to ATS  |

  @G09
  Rule: The integration is added from the menu, and its progress is shown

    Background:
      Given Brightwater Foods has iCIMS and Harver and has not connected them

    Scenario: iCIMS Marketplace is chosen and added
      When the Harver Admin adds the integration "iCIMS Marketplace"
      Then these steps are shown as done:
        | Connect to the Harver account     |
        | Create the credentials for iCIMS  |
        | Set the defaults                  |
        | Register the integration          |
      And Continue to Overview leads to the overview, where the integration is disabled

    Scenario: Nothing can be set up before
      When the Harver Admin opens the section General of the console
      Then the Harver Admin is led to the Integration menu, where there is no integration yet
